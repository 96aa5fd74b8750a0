# Who is who, and what each may do: exactly what its function.yaml says it uses.

locals {
  emails = { for name, account in google_service_account.function : name => account.email }
  stores = { for name, function in local.functions : name => function.uses.store if function.uses.store != "none" }
  # Who calls which provider: language models only those that generate, embedding models those that embed.
  askers = { for provider in ["gemini", "openai"] : provider => toset([
    for name, function in local.functions : name
    if(function.uses.generate && var.models == provider) || (function.uses.embed && local.embeddings == provider)
  ]) }
  keys = merge(
    { for name in local.askers.gemini : name => { variable = "GEMINI_API_KEY", secret = var.gemini_api_key_secret } if var.gemini_api_key_secret != null },
    # Not OPENAI_API_KEY: the bank sends that one to OpenAI only.
    { for name in local.askers.openai : name => { variable = "MEMORYBANK_MODEL_KEY", secret = var.openai_api_key_secret } if var.openai_api_key_secret != null },
  )
  senders = toset([for name, function in local.functions : name if function.uses.enqueue])
  # Whom tasks and the scheduler call, and as whom.
  callers = { for name, function in local.functions : function.callers => name if function.callers != "clients" }
  entries = { for pair in setproduct(keys(local.doors), var.invokers) : "${pair[0]} ${pair[1]}" => { function = pair[0], member = pair[1] } }
}

resource "google_service_account" "function" {
  for_each     = local.functions
  project      = var.project_id
  account_id   = "${var.name}-${each.key}"
  display_name = "Open Memory Bank: the function ${each.key}"
  depends_on   = [google_project_service.this]
}

resource "google_service_account" "caller" {
  for_each     = local.callers
  project      = var.project_id
  account_id   = "${var.name}-${each.key}"
  display_name = "Open Memory Bank: calls the function ${each.value}"
  depends_on   = [google_project_service.this]
}

resource "google_project_iam_member" "store" {
  for_each = local.stores
  project  = var.project_id
  role     = each.value == "write" ? "roles/datastore.user" : "roles/datastore.viewer"
  member   = "serviceAccount:${local.emails[each.key]}"
  condition {
    title      = "only-the-bank"
    expression = "resource.name == \"${local.database_resource}\""
  }
}

resource "google_project_iam_member" "model" {
  for_each = local.vertex ? local.askers.gemini : toset([])
  project  = var.project_id
  role     = "roles/aiplatform.user"
  member   = "serviceAccount:${local.emails[each.key]}"
}

resource "google_secret_manager_secret_iam_member" "key" {
  for_each  = local.keys
  project   = var.project_id
  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${local.emails[each.key]}"
}

resource "google_cloud_tasks_queue_iam_member" "enqueuer" {
  for_each = local.senders
  project  = var.project_id
  location = var.region
  name     = google_cloud_tasks_queue.this.name
  role     = "roles/cloudtasks.enqueuer"
  member   = "serviceAccount:${local.emails[each.key]}"
}

# Whoever creates a task that calls as an account must be allowed to act as that account, and as no other.
resource "google_service_account_iam_member" "acts_as_tasks" {
  for_each           = local.senders
  service_account_id = google_service_account.caller["tasks"].name
  role               = "roles/iam.serviceAccountUser"
  member             = "serviceAccount:${local.emails[each.key]}"
}

resource "google_cloud_run_v2_service_iam_member" "caller" {
  for_each = local.callers
  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_service.this[each.value].name
  role     = "roles/run.invoker"
  member   = "serviceAccount:${google_service_account.caller[each.key].email}"
}

resource "google_cloud_run_v2_service_iam_member" "router" {
  for_each = local.load_balanced ? {} : local.public
  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_service.this[each.key].name
  role     = "roles/run.invoker"
  member   = "serviceAccount:${local.emails["router"]}"
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = local.entries
  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_service.this[each.value.function].name
  role     = "roles/run.invoker"
  member   = each.value.member
}
