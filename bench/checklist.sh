#!/usr/bin/env bash
# The baseline: the checklist's own kubectl and curl commands for sections 1 to 5, one check per command. Section 0 has none.
# Two commands are replaced, because they do not work everywhere: `argocd app get` by reading the Application, and
# `kubectl run -it --rm debug`, which needs a terminal, by its parts: create a pod, wait for it, run the request, delete the pod.
set -uo pipefail
namespace=fawkes
checks=0 failures=0

check() {
  checks=$((checks + 1))
  "$@" >/dev/null 2>&1 || { failures=$((failures + 1)); echo "failed: $*" >&2; }
}
prints() { # PATTERN COMMAND… succeeds if the output contains the pattern
  local pattern=$1; shift
  [[ "$("$@" 2>/dev/null)" == *"$pattern"* ]]
}
logs_no_error() { # COMMAND…
  [[ ! "$("$@" 2>/dev/null)" =~ level=error|\[ERROR\] ]]
}

# 1 Secrets
for name in devlake-secrets devlake-db devlake-grafana-secrets; do
  check kubectl get externalsecret -n "$namespace" "$name"
  check kubectl get secret -n "$namespace" "$name"
done
# 2 ArgoCD application
check kubectl get application devlake -n "$namespace"
check prints 'Healthy Synced' kubectl get application devlake -n "$namespace" -o 'jsonpath={.status.health.status} {.status.sync.status}'
# 3 Pods
check prints Running kubectl get pods -n "$namespace" -l app.kubernetes.io/name=devlake
check logs_no_error kubectl logs -n "$namespace" -l app.kubernetes.io/component=lake --tail=50
check logs_no_error kubectl logs -n "$namespace" -l app.kubernetes.io/component=mysql --tail=50
check prints Running kubectl get pods -n "$namespace" -l app.kubernetes.io/name=devlake -o 'jsonpath={.items[*].status.phase}'
# 4 Services
check prints ClusterIP kubectl get svc -n "$namespace" -l app.kubernetes.io/name=devlake
ping_from_inside() {
  kubectl run debug --image=alpine --restart=Never -n "$namespace" --command -- sleep 60 >/dev/null &&
    kubectl wait -n "$namespace" --for=condition=Ready pod/debug --timeout=30s >/dev/null &&
    kubectl exec -n "$namespace" debug -- wget -O- http://devlake-lake:8080/api/ping
  kubectl delete pod -n "$namespace" debug >/dev/null
}
check prints pong ping_from_inside
# 5 Ingress
check kubectl get ingress -n "$namespace" devlake
check kubectl get ingress -n "$namespace" devlake-grafana
check prints pong curl -sf --resolve "devlake.127.0.0.1.nip.io:$INGRESS_PORT:127.0.0.1" "http://devlake.127.0.0.1.nip.io:$INGRESS_PORT/api/ping"
check curl -sf --resolve "devlake-grafana.127.0.0.1.nip.io:$INGRESS_PORT:127.0.0.1" "http://devlake-grafana.127.0.0.1.nip.io:$INGRESS_PORT/api/health"
coproc FORWARD { exec kubectl port-forward -n "$namespace" svc/devlake-lake :8080; }
forward=$FORWARD_PID
read -r line <&"${FORWARD[0]}"
port=${line##*127.0.0.1:}; port=${port%% *}
check prints pong curl -sf --retry 50 --retry-connrefused --retry-delay 0 "http://localhost:$port/api/ping"
kill "$forward"

echo "$checks"
[ "$failures" -eq 0 ]
