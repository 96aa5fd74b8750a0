#!/usr/bin/env bash
# Checks the Terraform of this folder: format, validation, tests. With a registry in reach it does so with the real
# provider; without one by the checker that OFFLINE names, if there is one; else it says what was not checked.
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v terraform >/dev/null; then
  echo "infra: NOT CHECKED, terraform is not installed (https://developer.hashicorp.com/terraform/install)" >&2
  exit 0
fi
terraform fmt -check -diff -recursive
if curl --silent --fail --max-time 10 --output /dev/null https://registry.terraform.io/.well-known/terraform.json; then
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  # A copy: init leaves files behind. functions/ is read from beside it.
  cp -R ../functions "$work/functions"
  cp -R . "$work/infra"
  for folder in . bootstrap examples/*/; do
    echo "== $folder"
    (cd "$work/infra/$folder" && terraform init -backend=false -input=false >/dev/null && terraform validate)
  done
  (cd "$work/infra" && terraform test)
elif [ -f "${OFFLINE:-}" ]; then
  sh "$OFFLINE" .
else
  echo "infra: only its format was checked, for no registry of providers can be reached" >&2
fi
