/** Variants of the nodes: section 0 of the checklist. */
import { create, undoneInReverse } from '../doors/create'
import type { Doors, Reference } from '../doors/doors'
import type { Variant } from './variant'

const node = (name: string): Reference => ({ kind: 'node', name })

/** Changes one worker. */
const worker = (id: string, title: string, patch: object, subresource?: 'status'): Variant => ({
  id,
  title,
  changes: ['Node sandbox-worker-1'],
  apply: (doors: Doors) => doors.patch(node('sandbox-worker-1'), patch, subresource),
})

export const nodeVariants: readonly Variant[] = [
  {
    id: 'control-plane-as-worker',
    title: 'The control plane takes pods too, and one of three further workers is cordoned',
    changes: ['Node sandbox-control-plane', 'Node sandbox-worker-3'],
    apply: async (doors) =>
      undoneInReverse([
        await doors.patch(node('sandbox-control-plane'), { spec: { taints: null } }),
        await doors.patch(node('sandbox-worker-3'), { spec: { unschedulable: true } }),
      ]),
  },
  {
    id: 'nodes-of-others',
    title: 'Nodes with GPUs are reserved for others',
    changes: ['Node gpu-1'],
    apply: (doors) =>
      create(doors, {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'gpu-1', labels: { 'kubernetes.io/os': 'linux' } },
        spec: { taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] },
      }),
  },
  worker('worker-rather-avoided', 'A taint asks the scheduler to avoid a worker if it can', {
    spec: { taints: [{ key: 'spot', value: 'true', effect: 'PreferNoSchedule' }] },
  }),
  worker(
    'kubelet-two-versions-older',
    'The kubelet of a worker is two minor versions older, which is supported',
    {
      status: { nodeInfo: { kubeletVersion: 'v1.33.8-eks-1a2b3c4' } },
    },
    'status',
  ),
]
