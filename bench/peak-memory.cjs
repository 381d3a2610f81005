/** Preloaded into a process: appends the peak of its memory in megabytes to the file in PEAK_MEMORY_FILE when it ends. */
const { appendFileSync } = require('node:fs')

process.on('exit', () => {
  const file = process.env.PEAK_MEMORY_FILE
  if (file) appendFileSync(file, `${process.resourceUsage().maxRSS / 1024}\n`)
})
