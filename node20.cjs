/** Preloaded into the package on Node 20: what undici and the suite use of newer versions. Newer versions keep their own. */
const workers = require('node:worker_threads')
const zlib = require('node:zlib')

// undici takes both when it is loaded. It marks objects that no worker may copy, and the suite asks for no Zstandard.
workers.markAsUncloneable ??= () => {}
zlib.createZstdDecompress ??= () => {
  throw new Error('Node 20 cannot decompress Zstandard: use Node 22.15 or later.')
}

Map.groupBy ??= (values, keyOf) => {
  const groups = new Map()
  let index = 0
  for (const value of values) {
    const key = keyOf(value, index++)
    groups.set(key, [...(groups.get(key) ?? []), value])
  }
  return groups
}
