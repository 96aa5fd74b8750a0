# One Cloud Run function per folder of ../functions, all of one image: adding a folder deploys it.

locals {
  instances = { for name in keys(local.functions) : name => lookup(var.max_instances, name, var.max_instances["default"]) }

  environment = {
    for name, function in local.functions : name => { for key, value in merge(
      {
        FUNCTION_TARGET        = name
        FUNCTION_SOURCE        = "/functions/${name}/main.py"
        THREADS                = function.concurrency
        MEMORYBANK_STORE       = "firestore"
        MEMORYBANK_PROJECT     = var.project_id
        MEMORYBANK_LOCATION    = var.region
        MEMORYBANK_DATABASE    = var.database
        MEMORYBANK_AUTH        = "iam"
        MEMORYBANK_LOG_LEVEL   = var.log_level
        MEMORYBANK_QUEUE       = "cloud-tasks"
        MEMORYBANK_TASKS_QUEUE = google_cloud_tasks_queue.this.id
        # What a task's own call is made as, and to.
        MEMORYBANK_TASKS_ACCOUNT   = google_service_account.caller["tasks"].email
        MEMORYBANK_WORKER_URL      = local.urls.worker
        MEMORYBANK_WORKER_AUDIENCE = local.urls.worker
        MEMORYBANK_MAX_ATTEMPTS    = var.max_attempts
        MEMORYBANK_PROJECT_NUMBER  = data.google_project.this.number
      },
      function.uses.store == "write" ? { MEMORYBANK_DELETED_RETENTION_HOURS = var.deleted_retention_hours } : {},
      function.uses.embed || function.uses.generate ? {
        MEMORYBANK_MODELS     = var.models
        MEMORYBANK_EMBEDDINGS = var.embeddings
        MEMORYBANK_MODEL_URL  = contains([var.models, local.embeddings], "openai") ? coalesce(var.model_url, "https://api.openai.com/v1") : null
        # Without it, the bank takes a deployment without a language model for a mistake.
        MEMORYBANK_LOCAL_CONFIRMED          = var.models == "offline" ? "yes" : null
        MEMORYBANK_MODEL_LOCATION           = var.model_location
        MEMORYBANK_GENERATION_MODEL         = var.generation_model
        MEMORYBANK_EMBEDDING_MODEL          = var.embedding_model
        MEMORYBANK_EMBEDDING_DIMENSIONS     = var.embedding_dimension
        MEMORYBANK_MAX_TOKENS_PER_OPERATION = var.max_tokens_per_operation
        MEMORYBANK_SECOND_OPINION           = var.second_opinion
        MEMORYBANK_MEMORIES_SHOWN           = var.memories_shown
      } : {},
      function.callers == "clients" ? {
        MEMORYBANK_ACCESS_RULES   = name == "router" ? null : var.access_rules
        MEMORYBANK_MEDIA_PREFIXES = length(var.media_prefixes) == 0 ? null : join(",", var.media_prefixes)
        MEMORYBANK_ROUTER_ACCOUNT = local.load_balanced || name == "router" ? null : local.emails["router"]
      } : { MEMORYBANK_WORKER_CALLERS = google_service_account.caller[function.callers].email },
      name == "router" ? { MEMORYBANK_FUNCTION_URLS = jsonencode({ for public in keys(local.public) : public => local.urls[public] }) } : {},
    ) : key => tostring(value) if value != null }
  }

  # Tasks and the scheduler count as internal; so does a router that calls through a network.
  ingress = {
    for name, function in local.functions : name => (
      function.callers != "clients" ? "INGRESS_TRAFFIC_INTERNAL_ONLY" :
      local.load_balanced ? "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" :
      name != "router" && var.network != null ? "INGRESS_TRAFFIC_INTERNAL_ONLY" : "INGRESS_TRAFFIC_ALL"
    )
  }
}

resource "google_cloud_run_v2_service" "this" {
  for_each             = local.functions
  project              = var.project_id
  name                 = "${var.name}-${each.key}"
  location             = var.region
  ingress              = local.ingress[each.key]
  custom_audiences     = distinct(concat([local.urls[each.key]], contains(keys(local.doors), each.key) ? [local.base_url] : []))
  deletion_protection  = var.protect_functions
  invoker_iam_disabled = false
  labels               = local.labels

  template {
    service_account                  = local.emails[each.key]
    timeout                          = "${each.value.timeout}s"
    max_instance_request_concurrency = each.value.concurrency
    labels                           = local.labels

    scaling {
      min_instance_count = lookup(var.min_instances, each.key, 0)
      max_instance_count = local.instances[each.key]
    }

    dynamic "vpc_access" {
      for_each = each.key == "router" ? var.network[*] : []
      content {
        egress = "ALL_TRAFFIC"
        network_interfaces {
          network    = vpc_access.value.network
          subnetwork = vpc_access.value.subnetwork
        }
      }
    }

    containers {
      image = var.image
      ports {
        container_port = 8080
      }
      resources {
        limits            = { cpu = "1", memory = each.value.memory }
        cpu_idle          = true
        startup_cpu_boost = true
      }
      startup_probe {
        initial_delay_seconds = 0
        period_seconds        = 1
        failure_threshold     = 60
        http_get {
          path = "/health"
        }
      }
      dynamic "env" {
        for_each = local.environment[each.key]
        content {
          name  = env.key
          value = env.value
        }
      }
      dynamic "env" {
        for_each = lookup(local.keys, each.key, null)[*]
        content {
          name = env.value.variable
          value_source {
            secret_key_ref {
              secret  = env.value.secret
              version = "latest"
            }
          }
        }
      }
    }
  }
  # A revision gets traffic as soon as it is made: what it needs must be there before, the indexes of its queries included.
  # An index is done when its operation is, which Terraform waits for.
  depends_on = [
    google_project_iam_member.store, google_project_iam_member.model, google_secret_manager_secret_iam_member.key,
    google_firestore_index.composite, google_firestore_index.vector, google_firestore_field.this,
  ]
}
