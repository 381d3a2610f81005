#!/usr/bin/env bash
# The baseline: the checklist's own kubectl and curl commands for sections 1 to 5, one check for each command; section 0 has
# none. Two are spelt out, because their tools are not everywhere: `argocd app get` reads the Application itself, and
# `kubectl run -it --rm debug` is its parts (make a pod, wait until it runs, ask in it, delete it) without a terminal.
set -uo pipefail
namespace=fawkes
checks=0 failures=0

check() {
  checks=$((checks + 1))
  "$@" >/dev/null 2>&1 || { failures=$((failures + 1)); echo "failed: $*" >&2; }
}
says() { # PATTERN COMMAND…
  local pattern=$1; shift
  [[ "$("$@" 2>/dev/null)" == *"$pattern"* ]]
}
quiet() { # no line with an error
  [[ ! "$("$@" 2>/dev/null)" =~ level=error|\[ERROR\] ]]
}

# 1 Secrets
for name in devlake-secrets devlake-db devlake-grafana-secrets; do
  check kubectl get externalsecret -n "$namespace" "$name"
  check kubectl get secret -n "$namespace" "$name"
done
# 2 ArgoCD application
check kubectl get application devlake -n "$namespace"
check says 'Healthy Synced' kubectl get application devlake -n "$namespace" -o 'jsonpath={.status.health.status} {.status.sync.status}'
# 3 Pods
check says Running kubectl get pods -n "$namespace" -l app.kubernetes.io/name=devlake
check quiet kubectl logs -n "$namespace" -l app.kubernetes.io/component=lake --tail=50
check quiet kubectl logs -n "$namespace" -l app.kubernetes.io/component=mysql --tail=50
check says Running kubectl get pods -n "$namespace" -l app.kubernetes.io/name=devlake -o 'jsonpath={.items[*].status.phase}'
# 4 Services
check says ClusterIP kubectl get svc -n "$namespace" -l app.kubernetes.io/name=devlake
ping_from_inside() {
  kubectl run debug --image=alpine --restart=Never -n "$namespace" --command -- sleep 60 >/dev/null &&
    kubectl wait -n "$namespace" --for=condition=Ready pod/debug --timeout=30s >/dev/null &&
    kubectl exec -n "$namespace" debug -- wget -O- http://devlake-lake:8080/api/ping
  kubectl delete pod -n "$namespace" debug >/dev/null
}
check says pong ping_from_inside
# 5 Ingress
check kubectl get ingress -n "$namespace" devlake
check kubectl get ingress -n "$namespace" devlake-grafana
check says pong curl -sf --resolve "devlake.127.0.0.1.nip.io:$INGRESS_PORT:127.0.0.1" "http://devlake.127.0.0.1.nip.io:$INGRESS_PORT/api/ping"
check curl -sf --resolve "devlake-grafana.127.0.0.1.nip.io:$INGRESS_PORT:127.0.0.1" "http://devlake-grafana.127.0.0.1.nip.io:$INGRESS_PORT/api/health"
coproc FORWARD { exec kubectl port-forward -n "$namespace" svc/devlake-lake :8080; }
forward=$FORWARD_PID
read -r line <&"${FORWARD[0]}"
port=${line##*127.0.0.1:}; port=${port%% *}
check says pong curl -sf --retry 50 --retry-connrefused --retry-delay 0 "http://localhost:$port/api/ping"
kill "$forward"

echo "$checks"
[ "$failures" -eq 0 ]
