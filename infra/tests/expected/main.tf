# What the tests expect of each function: written out here, and from nothing but its function.yaml. {tasks}, {scheduler},
# {router} and {queue} stand for what only the plan knows: emails of accounts, and the name of the queue.

variable "domain" {
  description = "The domain of the bank under test; null for a router."
  type        = string
  default     = null
}

variable "database" {
  description = "Its database."
  type        = string
  default     = "memorybank"
}

locals {
  folders = {
    for file in fileset("${path.module}/../../../functions", "*/function.yaml") :
    dirname(file) => yamldecode(file("${path.module}/../../../functions/${file}"))
  }
  functions = { for name, function in local.folders : name => function if name != "router" || var.domain == null }
  clients   = [for name, function in local.functions : name if function.callers == "clients" && name != "router"]
  url       = { for name in keys(local.functions) : name => "https://memorybank-${name}-123456789012.us-central1.run.app" }
  base_url  = var.domain == null ? local.url.router : "https://${var.domain}"

  rights = { none = [], read = ["roles/datastore.viewer"], write = ["roles/datastore.user"] }

  everywhere = {
    MEMORYBANK_STORE           = "firestore"
    MEMORYBANK_PROJECT         = "my-project"
    MEMORYBANK_PROJECT_NUMBER  = "123456789012"
    MEMORYBANK_LOCATION        = "us-central1"
    MEMORYBANK_DATABASE        = var.database
    MEMORYBANK_AUTH            = "iam"
    MEMORYBANK_LOG_LEVEL       = "WARNING"
    MEMORYBANK_QUEUE           = "cloud-tasks"
    MEMORYBANK_TASKS_QUEUE     = "{queue}"
    MEMORYBANK_TASKS_ACCOUNT   = "{tasks}"
    MEMORYBANK_WORKER_URL      = local.url.worker
    MEMORYBANK_WORKER_AUDIENCE = local.url.worker
    MEMORYBANK_MAX_ATTEMPTS    = "5"
  }
  with_models = {
    MEMORYBANK_MODELS                   = "gemini"
    MEMORYBANK_MODEL_LOCATION           = "eu"
    MEMORYBANK_GENERATION_MODEL         = "gemini-large"
    MEMORYBANK_EMBEDDING_MODEL          = "embedder"
    MEMORYBANK_EMBEDDING_DIMENSIONS     = "256"
    MEMORYBANK_MAX_TOKENS_PER_OPERATION = "50000"
    MEMORYBANK_SECOND_OPINION           = "doubtful"
    MEMORYBANK_MEMORIES_SHOWN           = "10"
  }
  for_clients = merge(
    { MEMORYBANK_ACCESS_RULES = "- callers: [agent]", MEMORYBANK_MEDIA_PREFIXES = "gs://media/,https://example.com/" },
    var.domain == null ? { MEMORYBANK_ROUTER_ACCOUNT = "{router}" } : {},
  )
  router = {
    MEMORYBANK_MEDIA_PREFIXES = "gs://media/,https://example.com/"
    MEMORYBANK_FUNCTION_URLS  = jsonencode({ for name in local.clients : name => local.url[name] })
  }
}

output "environment" {
  description = "Variables by function, where every input of the module is set."
  value = {
    for name, function in local.functions : name => merge(
      { FUNCTION_TARGET = name, FUNCTION_SOURCE = "/functions/${name}/main.py", THREADS = tostring(function.concurrency) },
      local.everywhere,
      function.uses.store == "write" ? { MEMORYBANK_DELETED_RETENTION_HOURS = "12" } : {},
      function.uses.embed || function.uses.generate ? local.with_models : {},
      contains(local.clients, name) ? local.for_clients : {},
      name == "router" ? local.router : {},
      function.callers != "clients" ? { MEMORYBANK_WORKER_CALLERS = "{${function.callers}}" } : {},
    )
  }
}

output "roles" {
  description = "Every role of every function's account."
  value = {
    for name, function in local.functions : name => sort(concat(
      local.rights[function.uses.store],
      function.uses.embed || function.uses.generate ? ["roles/aiplatform.user"] : [],
      function.uses.enqueue ? ["roles/cloudtasks.enqueuer", "roles/iam.serviceAccountUser"] : [],
    ))
  }
}

output "services" {
  description = "What makes each service reachable, and as whom and how large it runs."
  value = {
    for name, function in local.functions : name => {
      name        = "memorybank-${name}"
      ingress     = function.callers != "clients" ? "INGRESS_TRAFFIC_INTERNAL_ONLY" : var.domain == null ? "INGRESS_TRAFFIC_ALL" : "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
      audiences   = distinct(concat([local.url[name]], var.domain != null && contains(local.clients, name) ? [local.base_url] : []))
      open        = false
      timeout     = "${function.timeout}s"
      concurrency = function.concurrency
      memory      = function.memory
    }
  }
}

output "invokers" {
  description = "Who may call which service."
  value = toset(concat(
    ["memorybank-worker serviceAccount:{tasks}", "memorybank-sweep serviceAccount:{scheduler}"],
    var.domain == null ? [for name in local.clients : "memorybank-${name} serviceAccount:{router}"] : [],
    flatten([for name in var.domain == null ? ["router"] : local.clients : [
      "memorybank-${name} serviceAccount:agent@my-project.iam.gserviceaccount.com",
      "memorybank-${name} group:team@example.com",
    ]]),
  ))
}
