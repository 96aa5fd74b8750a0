# A bank on a domain of its own: every agent is told one address, every function is guarded by its own IAM.

module "memory_bank" {
  source              = "../.."
  project_id          = var.project_id
  image               = var.image
  domain              = "memory.example.com"
  requests_per_minute = 3000
  invokers            = ["group:agents@example.com"]
  min_instances       = { retrieve = 1 }
  max_instances       = { default = 20, retrieve = 100, worker = 50 }
  cpu_quota           = 200 # granted on request; a new project has 20
}

variable "project_id" {
  description = "Project of the bank."
  type        = string
}

variable "image" {
  description = "Image by digest."
  type        = string
}

output "address" {
  description = "What the A record of the domain must point to."
  value       = module.memory_bank.address
}
