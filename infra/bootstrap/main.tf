# Once, by a person, before anything else: the buckets of Terraform's state and of what is built, the registry of images,
# the account that builds and rolls out, and one that can only plan. README.md says how its own state gets into the bucket.

terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8.0"
    }
  }
}

locals {
  secrets = { for provider, secret in {
    gemini = var.gemini_api_key_secret
    openai = var.openai_api_key_secret == var.gemini_api_key_secret ? null : var.openai_api_key_secret
  } : provider => secret if secret != null }
  services = toset(concat(
    # Provenance of images is kept by Container Analysis; ID tokens come from IAM Credentials.
    ["artifactregistry", "cloudbuild", "cloudresourcemanager", "containeranalysis", "iam", "iamcredentials", "serviceusage", "storage"],
    length(local.secrets) > 0 ? ["secretmanager"] : [],
    var.kms_key != null ? ["cloudkms", "firestore"] : [],
  ))
}

resource "google_project_service" "this" {
  for_each           = local.services
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
  force_destroy               = !var.protect_state
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

# What `gcloud builds submit` uploads. The bucket that it makes by itself can be read by no account but Google's own.
resource "google_storage_bucket" "source" {
  project                     = var.project_id
  name                        = "${var.project_id}-${var.name}-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true
  lifecycle_rule {
    condition {
      age = 7
    }
    action {
      type = "Delete"
    }
  }
  depends_on = [google_project_service.this]
}

# Images to deploy, and those that pull requests build, which are never deployed.
resource "google_artifact_registry_repository" "this" {
  for_each      = { build = var.name, plan = "${var.name}-plan" }
  project       = var.project_id
  location      = var.region
  repository_id = each.value
  format        = "DOCKER"

  cleanup_policies {
    id     = "keep-the-newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = each.key == "build" ? var.keep_images : 1
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

data "google_project" "this" {
  project_id = var.project_id
  depends_on = [google_project_service.this]
}

# Firestore's service agent must exist before (README.md, "Encrypt with a key of your own"): IAM knows no others. Its
# resource, google_project_service_identity, is in google-beta only.
resource "google_kms_crypto_key_iam_member" "firestore" {
  count         = var.kms_key != null ? 1 : 0
  crypto_key_id = var.kms_key
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-firestore.iam.gserviceaccount.com"
}
