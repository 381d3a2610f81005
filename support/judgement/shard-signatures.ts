/** Decides by their signatures which shards are merged. Without a signature, anybody could have written a shard with this suite. */
import type { KeyObject } from 'node:crypto'
import { fingerprintOf, isSignedBy } from '../record/signature'
import type { ShardRecord } from '../record/verdict'
import { nameOf, type Shard } from './shard'

export interface SignedShards {
  readonly accepted: readonly Shard[]
  /** A sentence for each shard that is not merged. */
  readonly refused: readonly string[]
  /** The accepted shards, each with the key that signed it; undefined if no signature is involved. */
  readonly records: readonly ShardRecord[] | undefined
}

/**
 * Accepts the shards that one of the keys signed. Without a key, a signature cannot be checked; then a shard is refused if it
 * is not signed although another one is, or if it is signed by another key than the first one.
 * @param keys public or private keys
 */
export function signedShards(shards: readonly Shard[], keys: readonly KeyObject[]): SignedShards {
  const expected =
    keys.length > 0
      ? keys.map((key) => fingerprintOf(key))
      : shards.flatMap(({ signature }) => signature?.keyFingerprint ?? []).slice(0, 1)
  const judged = shards.map((shard) => ({ shard, reason: objection(shard, expected, keys) }))
  const accepted = judged.flatMap(({ shard, reason }) => (reason === undefined ? [shard] : []))
  return {
    accepted,
    refused: judged.flatMap(({ reason }) => reason ?? []),
    records:
      expected.length === 0
        ? undefined
        : accepted.map(({ facts, verdict, signature }) => ({
            shard: facts.scope.shard ?? 'the whole run',
            digest: verdict.digest,
            keyFingerprint: signature?.keyFingerprint ?? null,
            verified: keys.length > 0,
          })),
  }
}

/** Returns why a shard is not merged, in one sentence; undefined if it is. */
function objection(shard: Shard, expected: readonly string[], keys: readonly KeyObject[]): string | undefined {
  const { signature, verdict } = shard
  if (expected.length === 0) return undefined
  const wanted = `expected a signature by the key ${expected.join(' or ')}`
  if (signature === undefined) return `Shard ${nameOf(shard)} is refused because it is not signed: ${wanted}.`
  if (!expected.includes(signature.keyFingerprint))
    return `Shard ${nameOf(shard)} is refused because it is signed by the key ${signature.keyFingerprint}: ${wanted}.`
  return keys.length === 0 || keys.some((key) => isSignedBy(verdict.digest, signature, key))
    ? undefined
    : `Shard ${nameOf(shard)} is refused because its signature does not match its verdict.json: it is not the record that was signed.`
}
