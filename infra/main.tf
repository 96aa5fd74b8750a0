# What everything else reads: the functions as their folders describe them, and names that can be told beforehand.

data "google_project" "this" {
  project_id = var.project_id
  depends_on = [google_project_service.this]
}

locals {
  load_balanced = var.domain != null

  folders = {
    for file in fileset("${path.module}/../functions", "*/function.yaml") :
    dirname(file) => yamldecode(file("${path.module}/../functions/${file}"))
  }
  # Behind a load balancer nobody needs the router.
  functions = { for name, function in local.folders : name => function if !(local.load_balanced && name == "router") }
  # What clients call, by way of the router or of the load balancer.
  public = { for name, function in local.functions : name => function if function.callers == "clients" && name != "router" }
  # What takes calls from outside.
  doors = local.load_balanced ? local.public : { router = local.folders.router }

  # Cloud Run's addresses follow from project number and region: so the worker can be told its own.
  urls = {
    for name in keys(local.functions) :
    name => "https://${var.name}-${name}-${data.google_project.this.number}.${var.region}.run.app"
  }
  base_url = local.load_balanced ? "https://${var.domain}" : local.urls.router

  database_resource = "projects/${var.project_id}/databases/${var.database}"
  embeddings        = coalesce(var.embeddings, var.models)
  vertex            = contains([var.models, local.embeddings], "gemini") && var.gemini_api_key_secret == null
  labels            = merge({ application = "open-memory-bank" }, var.labels)

  services = toset(concat(
    ["artifactregistry", "cloudscheduler", "cloudtasks", "firestore", "iam", "logging", "monitoring", "run"],
    local.vertex ? ["aiplatform"] : [],
    var.gemini_api_key_secret != null || var.openai_api_key_secret != null ? ["secretmanager"] : [],
    local.load_balanced ? ["compute"] : [],
    var.budget != null ? ["billingbudgets"] : [],
  ))
}

# Cloud Run refuses a service whose instances could take more CPUs than the project's quota; all services share it. A new
# project has 20 (https://github.com/googlecodelabs/feedback/issues/1856, https://cloud.google.com/run/quotas).
check "instances_fit_the_quota" {
  assert {
    condition     = var.cpu_quota == null || max(values(local.instances)...) <= coalesce(var.cpu_quota, 1000)
    error_message = "max_instances allow one function ${max(values(local.instances)...)} instances of one CPU each, and all functions ${sum(values(local.instances))} together, but cpu_quota is ${coalesce(var.cpu_quota, 0)}: ask for a larger quota (CpuAllocPerProjectRegion of Cloud Run in ${var.region}) and set cpu_quota to it, or lower max_instances."
  }
}

resource "google_project_service" "this" {
  for_each           = local.services
  project            = var.project_id
  service            = "${each.value}.googleapis.com"
  disable_on_destroy = false
}
