variable "project_id" {
  description = "Project of the bank."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be the id of a project (6 to 30 lower-case letters, digits and hyphens), not its name or number."
  }
}

variable "region" {
  description = "Region of buckets and registry."
  type        = string
  default     = "us-central1"
}

variable "name" {
  description = "Name of the registry, and of the accounts with -build and -plan after it."
  type        = string
  default     = "memorybank"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,17}[a-z0-9]$", var.name))
    error_message = "name must have 3 to 19 lower-case letters, digits or hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "keep_images" {
  description = "How many of the newest images the registry keeps whatever their age; others go after 30 days."
  type        = number
  default     = 20
  validation {
    condition     = var.keep_images >= 2
    error_message = "keep_images must be at least 2, or there is nothing to go back to."
  }
}

variable "gemini_api_key_secret" {
  description = "The module's gemini_api_key_secret, if it has one: the build's account may then say who reads that secret."
  type        = string
  default     = null
  validation {
    condition     = var.gemini_api_key_secret == null || can(regex("^[A-Za-z0-9_-]{1,255}$", var.gemini_api_key_secret))
    error_message = "gemini_api_key_secret must be the name of a secret in this project (letters, digits, - and _), never the key itself."
  }
}

variable "openai_api_key_secret" {
  description = "The module's openai_api_key_secret, if it has one: the build's account may then say who reads that secret."
  type        = string
  default     = null
  validation {
    condition     = var.openai_api_key_secret == null || can(regex("^[A-Za-z0-9_-]{1,255}$", var.openai_api_key_secret))
    error_message = "openai_api_key_secret must be the name of a secret in this project (letters, digits, - and _), never the key itself."
  }
}

variable "kms_key" {
  description = "The module's kms_key, if it has one: Firestore's service agent may then use it."
  type        = string
  default     = null
  validation {
    condition     = var.kms_key == null || can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key))
    error_message = "kms_key must be projects/P/locations/L/keyRings/R/cryptoKeys/K, without a version."
  }
}

variable "protect_state" {
  description = "Whether the bucket of Terraform's state withstands destroy. If not, it goes with every state in it."
  type        = bool
  default     = true
}
