output "base_url" {
  description = "What agents give Google's SDK as base_url."
  value       = local.base_url
}

output "client" {
  description = "How an agent on Cloud Run, whose account is an invoker, calls the bank."
  value       = <<-PYTHON
    import vertexai
    from google.auth.transport.requests import Request
    from google.oauth2 import id_token

    BASE = "${local.base_url}"
    client = vertexai.Client(
        project="${var.project_id}", location="${var.region}",
        credentials=id_token.fetch_id_token_credentials(BASE, request=Request()),
        http_options={"base_url": BASE},
    )
  PYTHON
}

output "client_for_people" {
  description = "How a person calls the bank who may impersonate an invoker (roles/iam.serviceAccountTokenCreator)."
  value       = <<-SHELL
    curl ${local.base_url}/v1beta1/projects/${var.project_id}/locations/${var.region}/reasoningEngines \
      -H "Authorization: Bearer $(gcloud auth print-identity-token --include-email \
        --impersonate-service-account=INVOKER --audiences=${local.base_url})"
  SHELL
}

output "address" {
  description = "With a domain: the address that its A record must point to. The certificate waits for that."
  value       = local.load_balanced ? google_compute_global_address.this[0].address : null
}

output "service_accounts" {
  description = "Emails by function, and of those who call worker (tasks) and sweep (scheduler)."
  value       = merge(local.emails, { for name, account in google_service_account.caller : name => account.email })
}

output "urls" {
  description = "Addresses by function."
  value       = local.urls
}

output "queue" {
  description = "The queue of generations."
  value       = google_cloud_tasks_queue.this.id
}

output "database" {
  description = "The Firestore database."
  value       = google_firestore_database.this.id
}

output "image" {
  description = "What is running: what a rollout goes back to."
  value       = var.image
}
