# A bank in a network that is there already: only the router can be reached from outside. The subnetwork needs Private
# Google Access, or the router does not reach the functions.

module "memory_bank" {
  source       = "../.."
  project_id   = var.project_id
  image        = var.image
  region       = "europe-west1"
  network      = { network = "shared", subnetwork = "shared-europe-west1" }
  invokers     = ["serviceAccount:agent@${var.project_id}.iam.gserviceaccount.com"]
  kms_key      = "projects/${var.project_id}/locations/europe-west1/keyRings/memory/cryptoKeys/bank"
  access_rules = <<-YAML
    - callers: ["*@${var.project_id}.iam.gserviceaccount.com"]
      access: write
  YAML
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
