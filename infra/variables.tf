# What a deployment chooses. Only project_id, image and invokers have no default.

variable "project_id" {
  description = "Project that everything is made in."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be the id of a project (6 to 30 lower-case letters, digits and hyphens), not its name or number."
  }
}

variable "image" {
  description = "The image of all functions by its digest, as the build prints it: REGION-docker.pkg.dev/PROJECT/REPOSITORY/memorybank@sha256:..."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9][^@ ]*@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image must name a digest (...@sha256: and 64 hexadecimal digits), never a tag: only then does a plan show every rollout."
  }
}

variable "invokers" {
  description = "Who may call the bank: serviceAccount:, user:, group: or domain: members. They are known by the email in their ID token."
  type        = set(string)
  validation {
    condition     = alltrue([for member in var.invokers : can(regex("^(serviceAccount:|user:|group:|domain:)[^ *:/]+$", member))])
    error_message = "invokers must be members such as serviceAccount:agent@p.iam.gserviceaccount.com or group:team@example.com; allUsers and allAuthenticatedUsers would open the memories to everybody. A principal:// or principalSet:// has no ID token of its own: let it impersonate a service account, and name that."
  }
}

variable "name" {
  description = "Begins the name of every resource: change it to have several banks in one project."
  type        = string
  default     = "memorybank"
  validation {
    # Service accounts have 6 to 30 characters, and -operations, the longest ending, takes 11.
    condition     = can(regex("^[a-z][a-z0-9-]{1,17}[a-z0-9]$", var.name))
    error_message = "name must have 3 to 19 lower-case letters, digits or hyphens, begin with a letter and not end with a hyphen: service accounts are named after it and take 30."
  }
}

variable "region" {
  description = "Region of functions, queue and scheduler."
  type        = string
  default     = "us-central1"
  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region must be a region such as europe-west1, not a zone or a multi-region."
  }
}

variable "firestore_location" {
  description = "Location of the database, for ever: a region, nam5 or eur3. The region if null."
  type        = string
  default     = null
  validation {
    condition     = var.firestore_location == null || can(regex("^([a-z]+-[a-z]+[0-9]+|nam5|nam7|eur3)$", var.firestore_location))
    error_message = "firestore_location must be a region such as europe-west1, or one of nam5, nam7 and eur3."
  }
}

variable "database" {
  description = "Name of the Firestore database."
  type        = string
  default     = "memorybank"
  validation {
    condition     = var.database == "(default)" || can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.database))
    error_message = "database must be (default), or 4 to 63 lower-case letters, digits or hyphens beginning with a letter."
  }
}

variable "protect_database" {
  description = "Whether the database withstands terraform destroy, which then leaves it. If not, it is deleted with everything in it."
  type        = bool
  default     = true
}

variable "protect_functions" {
  description = "Whether functions withstand removal. Apply with false before a function goes, or the router makes way for a domain."
  type        = bool
  default     = true
}

variable "deleted_retention_hours" {
  description = "How long a deleted memory can be read in its revisions and restored, in hours; null for 48."
  type        = number
  default     = null
  validation {
    condition     = coalesce(var.deleted_retention_hours, 48) == floor(coalesce(var.deleted_retention_hours, 48)) && coalesce(var.deleted_retention_hours, 48) >= 1 && coalesce(var.deleted_retention_hours, 48) <= 8760
    error_message = "deleted_retention_hours must be a whole number from 1 to 8760, which is a year."
  }
}

variable "point_in_time_recovery" {
  description = "Whether the database can be read as of any minute of the last seven days."
  type        = bool
  default     = true
}

variable "backup_retention_days" {
  description = "How long daily backups are kept; 0 for none."
  type        = number
  default     = 7
  validation {
    condition     = var.backup_retention_days == floor(var.backup_retention_days) && var.backup_retention_days >= 0 && var.backup_retention_days <= 98
    error_message = "backup_retention_days must be a whole number from 0 (no backups) to 98, which is the longest that Firestore keeps them."
  }
}

variable "embedding_dimension" {
  description = "Length of the vectors, in the index and from the embedder. After a change, all memories must be re-embedded."
  type        = number
  default     = 768
  validation {
    condition     = var.embedding_dimension == floor(var.embedding_dimension) && var.embedding_dimension >= 1 && var.embedding_dimension <= 2048
    error_message = "embedding_dimension must be a whole number from 1 to 2048, which is the most that Firestore indexes; 768 suits text-embedding-005."
  }
}

variable "models" {
  description = "gemini; openai for a server that speaks OpenAI's API; or offline for a bank without a model: its extraction knows patterns only and is meant for tests."
  type        = string
  default     = "gemini"
  validation {
    condition     = contains(["gemini", "openai", "offline"], var.models)
    error_message = "models must be gemini, openai or offline."
  }
}

variable "embeddings" {
  description = "Where vectors come from, if not from the provider of the language model: gemini, openai, or offline for hashed words, which need no model. Null for the same. After a change, all memories must be re-embedded."
  type        = string
  default     = null
  validation {
    condition     = contains(["gemini", "openai", "offline"], coalesce(var.embeddings, var.models))
    error_message = "embeddings must be gemini, openai or offline; null takes those of models."
  }
  validation {
    condition     = toset([var.models, coalesce(var.embeddings, var.models)]) != toset(["gemini", "openai"])
    error_message = "embeddings cannot be gemini beside openai, or openai beside gemini: one key and one URL serve both models."
  }
}

variable "model_url" {
  description = "For openai: base URL of the server, usually with /v1. Null for OpenAI itself."
  type        = string
  default     = null
  validation {
    condition     = var.model_url == null || can(regex("^https://[^/?#@ ]+(/[^?#@ ]*)?(\\?[^#@ ]*)?$", var.model_url))
    error_message = "model_url must be an https URL without a user or a key in it, such as https://models.example.com/v1: conversations are sent there."
  }
  validation {
    condition     = var.model_url == null || contains([var.models, coalesce(var.embeddings, var.models)], "openai")
    error_message = "model_url is for openai: set models or embeddings to it, or leave it out."
  }
}

variable "openai_api_key_secret" {
  description = "For openai: name of a Secret Manager secret that holds its key. Null for a server that asks for none."
  type        = string
  default     = null
  validation {
    condition     = var.openai_api_key_secret == null || can(regex("^[A-Za-z0-9_-]{1,255}$", var.openai_api_key_secret))
    error_message = "openai_api_key_secret must be the name of a secret in this project (letters, digits, - and _), never the key itself."
  }
  validation {
    condition     = contains([var.models, coalesce(var.embeddings, var.models)], "openai") ? var.openai_api_key_secret != null || var.model_url != null : var.openai_api_key_secret == null
    error_message = "openai_api_key_secret is needed for OpenAI itself (openai without a model_url), and is for openai only."
  }
}

variable "generation_model" {
  description = "Language model of engines that name none. Null for gemini-3.5-flash-lite; needed for openai."
  type        = string
  default     = null
  validation {
    condition     = var.generation_model == null || can(regex("^[A-Za-z0-9][A-Za-z0-9._@:/-]*$", var.generation_model))
    error_message = "generation_model must be a model's id, such as gemini-3.5-flash-lite, or its full resource name."
  }
  validation {
    condition     = var.models != "openai" || var.generation_model != null
    error_message = "generation_model is needed for openai: the name that the server knows, such as gpt-5-mini."
  }
}

variable "embedding_model" {
  description = "Embedding model of engines that name none. After a change, all memories must be re-embedded. Null for text-embedding-005, which is made for English; gemini-embedding-001 suits other languages."
  type        = string
  default     = null
  validation {
    condition     = var.embedding_model == null || can(regex("^[A-Za-z0-9][A-Za-z0-9._@:/-]*$", var.embedding_model))
    error_message = "embedding_model must be a model's id, such as text-embedding-005, or its full resource name."
  }
  validation {
    condition     = coalesce(var.embeddings, var.models) != "openai" || var.embedding_model != null
    error_message = "embedding_model is needed for openai: the name that the server knows, such as text-embedding-3-small."
  }
}

variable "model_location" {
  description = "Where Vertex AI is asked for models, and nowhere else: a region or global. Null for the region, then global for models that it lacks."
  type        = string
  default     = null
  validation {
    condition     = var.model_location == null || can(regex("^(global|us|eu|[a-z]+-[a-z]+[0-9]+)$", var.model_location))
    error_message = "model_location must be a region such as europe-west1, a multi-region (us, eu), or global."
  }
}

variable "gemini_api_key_secret" {
  description = "Name of a Secret Manager secret that holds a Gemini API key. Null for Vertex AI, which needs no key."
  type        = string
  default     = null
  validation {
    condition     = var.gemini_api_key_secret == null || can(regex("^[A-Za-z0-9_-]{1,255}$", var.gemini_api_key_secret))
    error_message = "gemini_api_key_secret must be the name of a secret in this project (letters, digits, - and _), never the key itself."
  }
}

variable "max_tokens_per_operation" {
  description = "Tokens that one generation may use before it fails; null for no limit."
  type        = number
  default     = null
  validation {
    condition     = var.max_tokens_per_operation == null || coalesce(var.max_tokens_per_operation, 0) >= 1
    error_message = "max_tokens_per_operation must be at least 1, or null for no limit."
  }
}

variable "second_opinion" {
  description = "doubtful asks the language model once more about unlikely changes of memories; null for never."
  type        = string
  default     = null
  validation {
    condition     = contains(["never", "doubtful"], coalesce(var.second_opinion, "never"))
    error_message = "second_opinion must be never or doubtful."
  }
}

variable "memories_shown" {
  description = "How many known memories the language model sees beside a conversation, 0 to 20; null for none."
  type        = number
  default     = null
  validation {
    condition     = coalesce(var.memories_shown, 0) >= 0 && coalesce(var.memories_shown, 0) <= 20
    error_message = "memories_shown must be from 0 to 20."
  }
}

variable "domain" {
  description = "Domain of the bank, such as memory.example.com. With it comes a load balancer; without, a router function."
  type        = string
  default     = null
  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain must be a bare domain name such as memory.example.com, without https:// and path; null gives a router function instead of a load balancer."
  }
}

variable "requests_per_minute" {
  description = "With a domain: requests a minute that one address may make before it is answered 429."
  type        = number
  default     = 6000
  validation {
    condition     = var.requests_per_minute >= 1 && var.requests_per_minute <= 1000000
    error_message = "requests_per_minute must be from 1 to 1000000."
  }
}

variable "network" {
  description = "Without a domain: a subnetwork with Private Google Access, so that only the router is reachable from outside. Null for none: IAM alone guards the functions."
  type        = object({ network = string, subnetwork = string })
  default     = null
  validation {
    condition     = var.network == null || try(length(var.network.network) > 0 && length(var.network.subnetwork) > 0, false)
    error_message = "network must name a network and a subnetwork of the region."
  }
}

variable "access_rules" {
  description = "Who may see which scopes: the YAML text of rules. Null lets every invoker do everything."
  type        = string
  default     = null
  validation {
    condition     = var.access_rules == null || can(yamldecode(coalesce(var.access_rules, "{}")))
    error_message = "access_rules must be the text of a YAML document, as file(\"rules.yaml\") gives it."
  }
}

variable "media_prefixes" {
  description = "Where media that callers name by uri may be: prefixes such as gs://bucket/ or https://host/path/. None, unless they are listed."
  type        = list(string)
  default     = []
  validation {
    condition     = alltrue([for prefix in var.media_prefixes : can(regex("^(gs|https)://[a-z0-9._-]+/[^, ]*$", prefix))])
    error_message = "media_prefixes must be such as gs://bucket/ or https://host/path/."
  }
}

variable "cpu_quota" {
  description = "CPUs of Cloud Run that the project may use in the region (its quota CpuAllocPerProjectRegion, 20 in a new project). A plan warns of max_instances above it. Null for no warning."
  type        = number
  default     = 20
  validation {
    condition     = var.cpu_quota == null || coalesce(var.cpu_quota, 0) >= 1
    error_message = "cpu_quota must be at least 1, or null."
  }
}

variable "min_instances" {
  description = "Instances kept warm, by function; a function that is not named scales to zero."
  type        = map(number)
  default     = {}
  validation {
    condition     = alltrue([for count in values(var.min_instances) : count >= 0 && count <= 1000])
    error_message = "min_instances must be from 0 to 1000 for each function."
  }
}

variable "max_instances" {
  description = "The most instances, by function; `default` for those that are not named."
  type        = map(number)
  default     = { default = 20 }
  validation {
    condition     = contains(keys(var.max_instances), "default") && alltrue([for count in values(var.max_instances) : count >= 1 && count <= 1000])
    error_message = "max_instances must give from 1 to 1000 for `default`, and for each function that it names."
  }
}

variable "max_attempts" {
  description = "How often a task is delivered before its operation fails. The default makes a day of tries: 10 s after the first, then twice as long, then every 10 minutes."
  type        = number
  default     = 150
  validation {
    condition     = var.max_attempts == floor(var.max_attempts) && var.max_attempts >= 1 && var.max_attempts <= 1000
    error_message = "max_attempts must be a whole number from 1 to 1000; 150 is a day of tries."
  }
}

variable "sweep_schedule" {
  description = "When the sweep runs, as cron has it. An alert is raised when it has not finished for 15 minutes: three runs should fit."
  type        = string
  default     = "*/5 * * * *"
  validation {
    condition     = length(split(" ", var.sweep_schedule)) == 5
    error_message = "sweep_schedule must be five fields of cron, such as */5 * * * *."
  }
}

variable "kms_key" {
  description = "Key that encrypts the database: projects/P/locations/L/keyRings/R/cryptoKeys/K, in the database's location. Null for Google's own. Give it to bootstrap first, which lets Firestore's service agent use it."
  type        = string
  default     = null
  validation {
    condition     = var.kms_key == null || can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key))
    error_message = "kms_key must be projects/P/locations/L/keyRings/R/cryptoKeys/K, without a version."
  }
}

variable "log_level" {
  description = "DEBUG, INFO, WARNING or ERROR."
  type        = string
  default     = "INFO"
  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be one of DEBUG, INFO, WARNING and ERROR."
  }
}

variable "notification_channels" {
  description = "Monitoring channels that alerts go to: projects/P/notificationChannels/N. Without any, alerts only show in the console."
  type        = list(string)
  default     = []
  validation {
    condition     = alltrue([for channel in var.notification_channels : can(regex("^projects/[^/]+/notificationChannels/[^/]+$", channel))])
    error_message = "notification_channels must be names such as projects/P/notificationChannels/123, not addresses."
  }
}

variable "latency_alert_ms" {
  description = "A retrieve's 95th percentile above which an alert is raised, in milliseconds."
  type        = number
  default     = 1000
  validation {
    condition     = var.latency_alert_ms >= 1
    error_message = "latency_alert_ms must be at least 1: it is in milliseconds."
  }
}

variable "budget" {
  description = "Monthly budget of the project with alerts at half, nine tenths and all of it; needs rights on the billing account. A person sets USER_PROJECT_OVERRIDE=true and GOOGLE_BILLING_PROJECT, too."
  type        = object({ billing_account = string, amount = number, currency = optional(string, "USD") })
  default     = null
  validation {
    condition     = var.budget == null || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.budget.billing_account)) && try(var.budget.amount >= 1, false)
    error_message = "budget needs a billing_account such as 012345-6789AB-CDEF01 and an amount of at least 1."
  }
}

variable "labels" {
  description = "Labels of every resource that takes them."
  type        = map(string)
  default     = {}
  validation {
    condition     = alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "labels must have keys and values of at most 63 lower-case letters, digits, - and _; keys begin with a letter."
  }
}
