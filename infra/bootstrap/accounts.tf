# Whom builds run as. Rolling out needs rights that amount to an owner's, so only the main branch gets that account. A pull
# request runs its own scripts: it gets one that sees how resources are configured, and no data.

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

  plan_role = "${replace(var.name, "-", "_")}_plan"
  # What a plan reads of each kind of resource. Predefined viewers of Firestore, logs and secrets would also read contents.
  reads = [
    "cloudscheduler.jobs.get",
    "cloudtasks.queues.get",
    "cloudtasks.queues.getIamPolicy",
    "compute.backendServices.get",
    "compute.globalAddresses.get",
    "compute.globalForwardingRules.get",
    "compute.regionNetworkEndpointGroups.get",
    "compute.securityPolicies.get",
    "compute.sslCertificates.get",
    "compute.sslPolicies.get",
    "compute.targetHttpsProxies.get",
    "compute.urlMaps.get",
    "datastore.backupSchedules.get",
    "datastore.databases.getMetadata",
    "datastore.indexes.get",
    "datastore.indexes.list",
    "iam.serviceAccounts.get",
    "iam.serviceAccounts.getIamPolicy",
    "logging.logMetrics.get",
    "monitoring.alertPolicies.get",
    "monitoring.dashboards.get",
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "run.services.get",
    "run.services.getIamPolicy",
    "secretmanager.secrets.getIamPolicy",
    "serviceusage.services.get",
    "serviceusage.services.list",
  ]
}

resource "google_service_account" "this" {
  for_each     = { build = "builds and rolls out", plan = "plans for pull requests" }
  project      = var.project_id
  account_id   = "${var.name}-${each.key}"
  display_name = "Open Memory Bank: ${each.value}"
  depends_on   = [google_project_service.this]
}

resource "google_project_iam_member" "build" {
  for_each = local.roles
  project  = var.project_id
  role     = each.value
  member   = "serviceAccount:${google_service_account.this["build"].email}"
}

resource "google_project_iam_custom_role" "plan" {
  project     = var.project_id
  role_id     = local.plan_role
  title       = "Open Memory Bank: plan"
  description = "Reads how the resources of a bank are configured, and nothing that is in them."
  permissions = local.reads
  depends_on  = [google_project_service.this]
}

resource "google_project_iam_member" "plan" {
  for_each   = toset(["projects/${var.project_id}/roles/${local.plan_role}", "roles/logging.logWriter"])
  project    = var.project_id
  role       = each.value
  member     = "serviceAccount:${google_service_account.this["plan"].email}"
  depends_on = [google_project_iam_custom_role.plan]
}

resource "google_artifact_registry_repository_iam_member" "plan" {
  project    = var.project_id
  location   = var.region
  repository = google_artifact_registry_repository.this["plan"].name
  role       = "roles/artifactregistry.writer"
  member     = "serviceAccount:${google_service_account.this["plan"].email}"
}

resource "google_storage_bucket_iam_member" "state" {
  for_each = { build = "roles/storage.objectAdmin", plan = "roles/storage.objectViewer" }
  bucket   = google_storage_bucket.state.name
  role     = each.value
  member   = "serviceAccount:${google_service_account.this[each.key].email}"
}

resource "google_storage_bucket_iam_member" "source" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${google_service_account.this["build"].email}"
}

# The smoke test calls the bank as the build's account: an ID token of one's own takes this role on oneself, on Cloud Build
# too (https://github.com/kubernetes/k8s.io/pull/9953).
resource "google_service_account_iam_member" "own_tokens" {
  service_account_id = google_service_account.this["build"].name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = "serviceAccount:${google_service_account.this["build"].email}"
}

# The module lets functions read the key: on this one secret, not on all of the project's. Every predefined role that may
# set who reads a secret may also read, replace and delete it.
resource "google_project_iam_custom_role" "secret" {
  project     = var.project_id
  role_id     = "${replace(var.name, "-", "_")}_secret"
  title       = "Open Memory Bank: secret"
  description = "Says who reads a secret, without reading it."
  permissions = ["secretmanager.secrets.getIamPolicy", "secretmanager.secrets.setIamPolicy"]
  depends_on  = [google_project_service.this]
}

resource "google_secret_manager_secret_iam_member" "build" {
  for_each   = local.secrets
  project    = var.project_id
  secret_id  = each.value
  role       = "projects/${var.project_id}/roles/${replace(var.name, "-", "_")}_secret"
  member     = "serviceAccount:${google_service_account.this["build"].email}"
  depends_on = [google_project_iam_custom_role.secret]
}

# There was one key only, without a name.
moved {
  from = google_secret_manager_secret_iam_member.build[0]
  to   = google_secret_manager_secret_iam_member.build["gemini"]
}
