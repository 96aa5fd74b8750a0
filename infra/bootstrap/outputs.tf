output "state_bucket" {
  description = "For `terraform init -backend-config=bucket=...`."
  value       = google_storage_bucket.state.name
}

output "source_bucket" {
  description = "For `gcloud builds submit --gcs-source-staging-dir=gs://.../source`."
  value       = google_storage_bucket.source.name
}

output "image_repository" {
  description = "Where images are pushed to."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.this["build"].repository_id}"
}

output "build_service_account" {
  description = "Whom Cloud Build runs as on the main branch. It is an invoker of the bank, for the smoke test."
  value       = google_service_account.this["build"].email
}

output "plan_service_account" {
  description = "Whom Cloud Build runs as for pull requests."
  value       = google_service_account.this["plan"].email
}
