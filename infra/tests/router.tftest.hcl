# Without a domain: a router in front, functions that only it may call, and exactly the declared rights.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id = "my-project"
  image      = "us-central1-docker.pkg.dev/my-project/memorybank/memorybank@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  invokers   = ["serviceAccount:agent@my-project.iam.gserviceaccount.com", "group:team@example.com"]
}

run "every_folder_is_a_function_of_the_one_image" {
  assert {
    condition     = toset(keys(google_cloud_run_v2_service.this)) == toset([for file in fileset("${path.module}/../functions", "*/function.yaml") : dirname(file)])
    error_message = "a folder of functions/ is not deployed, or something else is"
  }
  assert {
    condition     = alltrue([for service in google_cloud_run_v2_service.this : service.template[0].containers[0].image == var.image])
    error_message = "a function runs another image"
  }
  assert {
    condition = alltrue([for name, service in google_cloud_run_v2_service.this :
      { for env in service.template[0].containers[0].env : env.name => env.value }["FUNCTION_TARGET"] == name &&
    { for env in service.template[0].containers[0].env : env.name => env.value }["THREADS"] == tostring(service.template[0].max_instance_request_concurrency)])
    error_message = "a function serves another, or has fewer threads than requests"
  }
  assert {
    condition     = length(distinct([for service in google_cloud_run_v2_service.this : service.template[0].service_account])) == length(google_cloud_run_v2_service.this)
    error_message = "two functions share an account"
  }
}

run "rights_on_the_database_are_those_of_function_yaml" {
  assert {
    condition = { for name, member in google_project_iam_member.store : name => member.role } == {
      for name, function in local.folders : name => { read = "roles/datastore.viewer", write = "roles/datastore.user" }[function.uses.store] if function.uses.store != "none"
    }
    error_message = "a function has other rights on the database than it declares"
  }
  assert {
    condition = alltrue([for name, member in google_project_iam_member.store :
      member.member == "serviceAccount:${google_service_account.function[name].email}" &&
    member.condition[0].expression == "resource.name == \"projects/my-project/databases/memorybank\""])
    error_message = "a right on the database is somebody else's, or not limited to the bank's database"
  }
  assert {
    condition     = google_project_iam_member.store["retrieve"].role == "roles/datastore.viewer" && !contains(keys(google_project_iam_member.store), "router")
    error_message = "retrieve may write, or the router may read"
  }
}

run "models_and_queue_are_for_those_who_declare_them" {
  assert {
    condition     = toset(keys(google_project_iam_member.model)) == toset([for name, function in local.folders : name if function.uses.embed || function.uses.generate])
    error_message = "a function may call models without declaring it, or may not though it does"
  }
  assert {
    condition     = toset(keys(google_cloud_tasks_queue_iam_member.enqueuer)) == toset([for name, function in local.folders : name if function.uses.enqueue])
    error_message = "a function may enqueue without declaring it, or may not though it does"
  }
  assert {
    condition     = toset(keys(google_service_account_iam_member.acts_as_tasks)) == toset(keys(google_cloud_tasks_queue_iam_member.enqueuer)) && alltrue([for member in google_service_account_iam_member.acts_as_tasks : member.service_account_id == google_service_account.caller["tasks"].name])
    error_message = "acting as an account goes beyond the tasks account and those who enqueue"
  }
  assert {
    condition     = length(google_secret_manager_secret_iam_member.key) == 0
    error_message = "Vertex AI needs no secret"
  }
}

run "only_the_router_is_open_and_only_to_invokers" {
  assert {
    condition     = toset([for entry in google_cloud_run_v2_service_iam_member.invoker : "${entry.name} ${entry.member}"]) == toset(["memorybank-router serviceAccount:agent@my-project.iam.gserviceaccount.com", "memorybank-router group:team@example.com"])
    error_message = "somebody else may call, or something else than the router may be called"
  }
  assert {
    condition     = toset(keys(google_cloud_run_v2_service_iam_member.router)) == toset([for name, function in local.folders : name if function.callers == "clients" && name != "router"])
    error_message = "the router reaches too much or too little"
  }
  assert {
    condition     = alltrue([for entry in google_cloud_run_v2_service_iam_member.router : entry.member == "serviceAccount:${google_service_account.function["router"].email}"])
    error_message = "somebody else than the router calls the functions"
  }
  assert {
    condition     = output.base_url == "https://memorybank-router-123456789012.us-central1.run.app"
    error_message = "the base URL is not the router's"
  }
  assert {
    condition     = length(google_compute_url_map.this) == 0
    error_message = "there is a load balancer though no domain was given"
  }
}

run "worker_and_sweep_are_out_of_reach" {
  assert {
    condition     = alltrue([for name in ["worker", "sweep"] : google_cloud_run_v2_service.this[name].ingress == "INGRESS_TRAFFIC_INTERNAL_ONLY"])
    error_message = "the worker or the sweep takes calls from outside"
  }
  assert {
    condition = { for name, entry in google_cloud_run_v2_service_iam_member.caller : name => "${entry.name} ${entry.member}" } == {
      tasks     = "memorybank-worker serviceAccount:${google_service_account.caller["tasks"].email}"
      scheduler = "memorybank-sweep serviceAccount:${google_service_account.caller["scheduler"].email}"
    }
    error_message = "somebody else than Cloud Tasks and the scheduler may call worker and sweep"
  }
  assert {
    condition     = !strcontains(jsonencode({ for env in google_cloud_run_v2_service.this["router"].template[0].containers[0].env : env.name => env.value if env.name == "MEMORYBANK_FUNCTION_URLS" }), "worker")
    error_message = "the router knows the worker"
  }
}

run "indexes_and_ttl_are_those_of_the_list" {
  assert {
    condition     = toset([for index in google_firestore_index.composite : jsonencode([index.collection, [for field in index.fields : [field.field_path, field.order]]])]) == toset([for index in yamldecode(file("${path.module}/firestore_indexes.yaml")).composite : jsonencode([index.collection, [for field in index.fields : [field.field, field.order]]])])
    error_message = "composite indexes differ from firestore_indexes.yaml"
  }
  assert {
    condition = alltrue([for key, index in google_firestore_index.vector :
      [for field in index.fields : field.field_path] == concat(local.vector[key].equality, ["__name__", local.vector[key].field]) &&
    index.fields[length(index.fields) - 1].vector_config[0].dimension == 768])
    error_message = "the vector index has other fields, another order or another dimension"
  }
  assert {
    condition     = toset([for field in google_firestore_field.this : "${field.collection}/${field.field}" if length(field.ttl_config) > 0]) == toset([for field in yamldecode(file("${path.module}/firestore_indexes.yaml")).fields : "${field.collection}/${field.field}" if try(field.ttl, false)])
    error_message = "TTL fields differ from firestore_indexes.yaml"
  }
  assert {
    condition     = alltrue([for key, field in google_firestore_field.this : length(field.index_config[0].indexes) == (try(local.settings[key].group, false) ? 1 : 0)])
    error_message = "a field is indexed that should not be, or the other way round"
  }
}

run "the_queue_dispatches_what_the_worker_takes" {
  assert {
    condition     = google_cloud_tasks_queue.this.rate_limits[0].max_concurrent_dispatches == 20 * local.folders.worker.concurrency
    error_message = "the queue dispatches more than the worker's instances take"
  }
}

run "nothing_is_lost_by_default" {
  assert {
    condition     = google_firestore_database.this.delete_protection_state == "DELETE_PROTECTION_ENABLED" && google_firestore_database.this.deletion_policy == "ABANDON" && google_firestore_database.this.point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED"
    error_message = "the database is not protected"
  }
  assert {
    condition     = google_firestore_backup_schedule.daily[0].retention == "604800s"
    error_message = "there are no daily backups of a week"
  }
}

run "in_a_network_functions_take_calls_from_inside_only" {
  variables {
    network = { network = "shared", subnetwork = "shared-us" }
  }
  assert {
    condition     = alltrue([for name, service in google_cloud_run_v2_service.this : service.ingress == (name == "router" ? "INGRESS_TRAFFIC_ALL" : "INGRESS_TRAFFIC_INTERNAL_ONLY")])
    error_message = "a function can be reached from outside"
  }
  assert {
    condition     = google_cloud_run_v2_service.this["router"].template[0].vpc_access[0].egress == "ALL_TRAFFIC"
    error_message = "the router's calls do not go through the network"
  }
}

run "an_api_key_comes_from_secret_manager_and_takes_the_place_of_vertex_ai" {
  variables {
    gemini_api_key_secret = "gemini-key"
  }
  assert {
    condition     = length(google_project_iam_member.model) == 0 && toset(keys(google_secret_manager_secret_iam_member.key)) == local.askers.gemini
    error_message = "the key is readable by others than those who call the model, or Vertex AI is still allowed"
  }
  assert {
    condition = alltrue([for name, service in google_cloud_run_v2_service.this :
    length([for env in service.template[0].containers[0].env : env if env.name == "GEMINI_API_KEY"]) == (contains(local.askers.gemini, name) ? 1 : 0)])
    error_message = "a function that calls no model is given the key, or one that does is not"
  }
}

run "models_of_a_server_with_openais_api_take_the_place_of_geminis" {
  variables {
    models                = "openai"
    model_url             = "https://models.example.com/v1"
    openai_api_key_secret = "openai-key"
    generation_model      = "qwen3:8b"
    embedding_model       = "nomic-embed-text"
  }
  assert {
    condition     = length(google_project_iam_member.model) == 0 && !contains(keys(google_project_service.this), "aiplatform") && contains(keys(google_project_service.this), "secretmanager")
    error_message = "Vertex AI is allowed although nobody calls it"
  }
  assert {
    condition     = toset([for name, member in google_secret_manager_secret_iam_member.key : "${name} ${member.secret_id} ${member.role} ${member.member}"]) == toset([for name, function in local.folders : "${name} openai-key roles/secretmanager.secretAccessor serviceAccount:${google_service_account.function[name].email}" if function.uses.embed || function.uses.generate])
    error_message = "the key is readable by others than those who call the server, or they may do more"
  }
  assert {
    condition = alltrue([for name, service in google_cloud_run_v2_service.this : jsonencode({ for env in service.template[0].containers[0].env : env.name => try(env.value_source[0].secret_key_ref[0].secret, env.value) if contains(["MEMORYBANK_MODELS", "MEMORYBANK_MODEL_URL", "MEMORYBANK_MODEL_KEY", "MEMORYBANK_GENERATION_MODEL", "MEMORYBANK_EMBEDDING_MODEL", "GEMINI_API_KEY"], env.name) }) == (
      local.folders[name].uses.embed || local.folders[name].uses.generate ? jsonencode({
        MEMORYBANK_MODELS           = "openai", MEMORYBANK_MODEL_URL = "https://models.example.com/v1", MEMORYBANK_MODEL_KEY = "openai-key"
        MEMORYBANK_GENERATION_MODEL = "qwen3:8b", MEMORYBANK_EMBEDDING_MODEL = "nomic-embed-text"
      }) : "{}"
    )])
    error_message = "a function is told of another server, or one that calls no model is given the key"
  }
}

run "embeddings_chosen_apart_leave_the_key_to_what_generates" {
  variables {
    models                = "openai"
    embeddings            = "offline"
    openai_api_key_secret = "openai-key"
    generation_model      = "gpt-5-mini"
  }
  assert {
    condition     = toset(keys(google_secret_manager_secret_iam_member.key)) == toset([for name, function in local.folders : name if function.uses.generate]) && length(google_project_iam_member.model) == 0
    error_message = "a function that only embeds may read the key"
  }
  assert {
    condition = alltrue([for name, service in google_cloud_run_v2_service.this : alltrue([
      for env in service.template[0].containers[0].env :
      (env.name != "MEMORYBANK_EMBEDDINGS" || env.value == "offline") && (env.name != "MEMORYBANK_MODEL_URL" || env.value == "https://api.openai.com/v1") && (env.name != "MEMORYBANK_MODEL_KEY" || local.folders[name].uses.generate)
    ])])
    error_message = "functions are not told where vectors come from, or the key goes too far"
  }
}

run "a_bank_without_a_language_model_says_that_it_is_meant" {
  variables {
    models     = "offline"
    embeddings = "gemini"
  }
  assert {
    condition     = toset(keys(google_project_iam_member.model)) == toset([for name, function in local.folders : name if function.uses.embed]) && length(google_secret_manager_secret_iam_member.key) == 0
    error_message = "vectors cannot be made, or others may call Vertex AI"
  }
  assert {
    condition     = alltrue([for name, service in google_cloud_run_v2_service.this : length([for env in service.template[0].containers[0].env : env if env.name == "MEMORYBANK_LOCAL_CONFIRMED" && env.value == "yes"]) == (local.folders[name].uses.embed || local.folders[name].uses.generate ? 1 : 0)])
    error_message = "functions refuse to start with the offline model"
  }
}
