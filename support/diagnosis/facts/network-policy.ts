/** NetworkPolicies, with the defaults of the API (https://kubernetes.io/docs/concepts/services-networking/network-policies). */
import { z } from 'zod'
import { labelSelector as selector } from '../../basis/label-selector'

const peer = z.object({
  podSelector: selector.optional(),
  namespaceSelector: selector.optional(),
  ipBlock: z.object({ cidr: z.string() }).optional(),
})
export type Peer = z.infer<typeof peer>

const port = z.object({
  protocol: z.string().default('TCP'),
  port: z.union([z.number(), z.string()]).optional(),
  endPort: z.number().optional(),
})
export type PolicyPort = z.infer<typeof port>

const peers = z.array(peer).default([])
const ports = z.array(port).default([])

export const networkPolicy = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().default('') }),
  spec: z
    .object({
      podSelector: selector.prefault({}),
      policyTypes: z.array(z.string()).optional(),
      ingress: z.array(z.object({ from: peers, ports })).nullish(),
      egress: z.array(z.object({ to: peers, ports })).nullish(),
    })
    .prefault({}),
})
export type NetworkPolicy = z.infer<typeof networkPolicy>
