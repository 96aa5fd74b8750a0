# Exactly who may do what, what every function is told, and how each can be reached: with a router, then with a domain.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project_id               = "my-project"
  image                    = "us-central1-docker.pkg.dev/my-project/memorybank/memorybank@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  invokers                 = ["serviceAccount:agent@my-project.iam.gserviceaccount.com", "group:team@example.com"]
  access_rules             = "- callers: [agent]"
  media_prefixes           = ["gs://media/", "https://example.com/"]
  log_level                = "WARNING"
  max_attempts             = 5
  model_location           = "eu"
  generation_model         = "gemini-large"
  embedding_model          = "embedder"
  embedding_dimension      = 256
  max_tokens_per_operation = 50000
  second_opinion           = "doubtful"
  deleted_retention_hours  = 12
  memories_shown           = 10
}

run "expected_with_a_router" {
  command = plan
  module {
    source = "./tests/expected"
  }
}

run "with_a_router" {
  assert {
    condition = { for name, service in google_cloud_run_v2_service.this : name => {
      for env in service.template[0].containers[0].env : env.name => env.value }
      } == { for name, environment in run.expected_with_a_router.environment : name => { for key, value in environment : key =>
        replace(replace(replace(replace(value, "{tasks}", google_service_account.caller["tasks"].email), "{scheduler}", google_service_account.caller["scheduler"].email),
    "{router}", google_service_account.function["router"].email), "{queue}", google_cloud_tasks_queue.this.id) } }
    error_message = "a function is told something else than it should be"
  }
  assert {
    condition = { for name, account in google_service_account.function : name => sort(concat(
      [for member in google_project_iam_member.store : member.role if member.member == "serviceAccount:${account.email}"],
      [for member in google_project_iam_member.model : member.role if member.member == "serviceAccount:${account.email}"],
      [for member in google_cloud_tasks_queue_iam_member.enqueuer : member.role if member.member == "serviceAccount:${account.email}"],
      [for member in google_service_account_iam_member.acts_as_tasks : member.role if member.member == "serviceAccount:${account.email}"],
    )) } == run.expected_with_a_router.roles
    error_message = "a function has other roles than it should have"
  }
  assert {
    condition = toset([for member in concat(values(google_project_iam_member.store), values(google_project_iam_member.model), values(google_cloud_tasks_queue_iam_member.enqueuer), values(google_service_account_iam_member.acts_as_tasks)) : member.member]) == toset([
    for name, roles in run.expected_with_a_router.roles : "serviceAccount:${google_service_account.function[name].email}" if length(roles) > 0])
    error_message = "somebody else than the functions has a role"
  }
  assert {
    condition = toset([for member in concat(values(google_cloud_run_v2_service_iam_member.caller), values(google_cloud_run_v2_service_iam_member.router), values(google_cloud_run_v2_service_iam_member.invoker)) : "${member.name} ${member.member}"]) == toset([
      for entry in run.expected_with_a_router.invokers : replace(replace(replace(entry, "{tasks}", google_service_account.caller["tasks"].email), "{scheduler}", google_service_account.caller["scheduler"].email),
    "{router}", google_service_account.function["router"].email)])
    error_message = "somebody else may call a function"
  }
  assert {
    condition     = toset([for member in concat(values(google_cloud_run_v2_service_iam_member.caller), values(google_cloud_run_v2_service_iam_member.router), values(google_cloud_run_v2_service_iam_member.invoker)) : member.role]) == toset(["roles/run.invoker"])
    error_message = "a caller may do more than call"
  }
  assert {
    condition = { for name, service in google_cloud_run_v2_service.this : name => {
      name        = service.name
      ingress     = service.ingress
      audiences   = service.custom_audiences
      open        = service.invoker_iam_disabled
      timeout     = service.template[0].timeout
      concurrency = service.template[0].max_instance_request_concurrency
      memory      = service.template[0].containers[0].resources[0].limits["memory"]
    } } == run.expected_with_a_router.services
    error_message = "a service can be reached otherwise than it should be, or has another size"
  }
  assert {
    condition = { for name, service in google_cloud_run_v2_service.this : name => service.template[0].service_account } == {
    for name, account in google_service_account.function : name => account.email }
    error_message = "a function does not run as its own account"
  }
  assert {
    condition = merge({ for name, account in google_service_account.function : name => account.account_id }, { for name, account in google_service_account.caller : name => account.account_id }) == merge(
    { for name in keys(run.expected_with_a_router.services) : name => "memorybank-${name}" }, { tasks = "memorybank-tasks", scheduler = "memorybank-scheduler" })
    error_message = "an account has another name"
  }
}

run "expected_with_a_domain" {
  command = plan
  variables {
    domain   = "memory.example.com"
    database = "other"
  }
  module {
    source = "./tests/expected"
  }
}

run "with_a_domain" {
  variables {
    domain   = "memory.example.com"
    database = "other"
  }
  assert {
    condition = { for name, service in google_cloud_run_v2_service.this : name => {
      for env in service.template[0].containers[0].env : env.name => env.value }
      } == { for name, environment in run.expected_with_a_domain.environment : name => { for key, value in environment : key =>
        replace(replace(replace(value, "{tasks}", google_service_account.caller["tasks"].email), "{scheduler}", google_service_account.caller["scheduler"].email),
    "{queue}", google_cloud_tasks_queue.this.id) } }
    error_message = "a function is told something else than it should be"
  }
  assert {
    condition = toset([for member in concat(values(google_cloud_run_v2_service_iam_member.caller), values(google_cloud_run_v2_service_iam_member.router), values(google_cloud_run_v2_service_iam_member.invoker)) : "${member.name} ${member.member}"]) == toset([
    for entry in run.expected_with_a_domain.invokers : replace(replace(entry, "{tasks}", google_service_account.caller["tasks"].email), "{scheduler}", google_service_account.caller["scheduler"].email)])
    error_message = "somebody else may call a function"
  }
  assert {
    condition = { for name, service in google_cloud_run_v2_service.this : name => {
      name        = service.name
      ingress     = service.ingress
      audiences   = service.custom_audiences
      open        = service.invoker_iam_disabled
      timeout     = service.template[0].timeout
      concurrency = service.template[0].max_instance_request_concurrency
      memory      = service.template[0].containers[0].resources[0].limits["memory"]
    } } == run.expected_with_a_domain.services
    error_message = "a service can be reached otherwise than it should be, or has another size"
  }
  assert {
    condition     = alltrue([for member in google_project_iam_member.store : member.condition[0].expression == "resource.name == \"projects/my-project/databases/other\""])
    error_message = "a right on the database is good for another database"
  }
}
