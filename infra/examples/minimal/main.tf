# A bank behind the router function, on the addresses that Cloud Run gives.

module "memory_bank" {
  source     = "../.."
  project_id = var.project_id
  image      = var.image
  invokers   = ["serviceAccount:agent@${var.project_id}.iam.gserviceaccount.com"]
}

variable "project_id" {
  description = "Project of the bank."
  type        = string
}

variable "image" {
  description = "Image by digest."
  type        = string
}

output "base_url" {
  description = "What agents give Google's SDK as base_url."
  value       = module.memory_bank.base_url
}
