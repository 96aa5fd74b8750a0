# Once, by a person, before anything else: the bucket of Terraform's state, the registry of images, and the account that
# builds and rolls out. Its own state stays with whoever runs it, or is moved into the bucket afterwards.

terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8.0"
    }
  }
}

variable "project_id" {
  description = "Project of the bank."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be the id of a project (6 to 30 lower-case letters, digits and hyphens), not its name or number."
  }
}

variable "region" {
  description = "Region of bucket and registry."
  type        = string
  default     = "us-central1"
}

variable "name" {
  description = "Name of the registry, and of the account with -build after it."
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

locals {
  # What rolling out creates: each role belongs to a kind of resource of the module.
  roles = toset([
    "roles/artifactregistry.writer",
    "roles/cloudscheduler.admin",
    "roles/cloudtasks.admin",
    "roles/compute.loadBalancerAdmin",
    "roles/compute.securityAdmin",
    "roles/datastore.owner",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountUser", # to deploy functions that run as their accounts
    "roles/logging.configWriter",
    "roles/logging.logWriter",
    "roles/monitoring.editor",
    "roles/resourcemanager.projectIamAdmin",
    "roles/run.admin",
    "roles/serviceusage.serviceUsageAdmin",
  ])
}

resource "google_project_service" "this" {
  for_each           = toset(["artifactregistry", "cloudbuild", "cloudresourcemanager", "iam", "serviceusage", "storage"])
  project            = var.project_id
  service            = "${each.value}.googleapis.com"
  disable_on_destroy = false
}

resource "google_storage_bucket" "state" {
  project                     = var.project_id
  name                        = "${var.project_id}-${var.name}-state"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  versioning {
    enabled = true
  }
  lifecycle_rule {
    condition {
      num_newer_versions         = 50
      days_since_noncurrent_time = 90
    }
    action {
      type = "Delete"
    }
  }
  depends_on = [google_project_service.this]
}

resource "google_artifact_registry_repository" "this" {
  project       = var.project_id
  location      = var.region
  repository_id = var.name
  format        = "DOCKER"

  cleanup_policies {
    id     = "keep-the-newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = var.keep_images
    }
  }
  cleanup_policies {
    id     = "drop-the-old"
    action = "DELETE"
    condition {
      older_than = "2592000s"
    }
  }
  depends_on = [google_project_service.this]
}

resource "google_service_account" "build" {
  project      = var.project_id
  account_id   = "${var.name}-build"
  display_name = "Open Memory Bank: builds and rolls out"
  depends_on   = [google_project_service.this]
}

resource "google_project_iam_member" "build" {
  for_each = local.roles
  project  = var.project_id
  role     = each.value
  member   = "serviceAccount:${google_service_account.build.email}"
}

resource "google_storage_bucket_iam_member" "state" {
  bucket = google_storage_bucket.state.name
  role   = "roles/storage.objectAdmin"
  member = "serviceAccount:${google_service_account.build.email}"
}

output "state_bucket" {
  description = "For `terraform init -backend-config=bucket=...`."
  value       = google_storage_bucket.state.name
}

output "image_repository" {
  description = "Where images are pushed to."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.this.repository_id}"
}

output "build_service_account" {
  description = "Whom Cloud Build runs as."
  value       = google_service_account.build.email
}
