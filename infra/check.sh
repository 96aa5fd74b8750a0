#!/usr/bin/env bash
# Checks the Terraform of this folder: format, validation, tests. With a registry in reach it does so with the real
# provider; without one by the checker that OFFLINE names. If there is neither, it says what was not checked and ends with 3,
# unless ALLOW_UNCHECKED=1.
set -euo pipefail
cd "$(dirname "$0")"

unchecked() {
  echo "infra: NOT CHECKED: $1" >&2
  if [ "${ALLOW_UNCHECKED:-}" = 1 ]; then exit 0; fi
  echo "infra: ALLOW_UNCHECKED=1 lets this pass" >&2
  exit 3
}

command -v terraform >/dev/null || unchecked "terraform is not installed (https://developer.hashicorp.com/terraform/install)"
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
  unchecked "only the format was, for no registry of providers can be reached"
fi
