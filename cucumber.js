/** Cucumber's configuration, used by `npx cucumber-js`, by editors and by the run (support/run/run.ts). */
const { existsSync } = require('node:fs')
const { join } = require('node:path')

// The package holds compiled JavaScript (build.ts).
const isCheckout = existsSync(join(__dirname, 'tsconfig.json'))
const extension = isCheckout ? 'ts' : 'js'

module.exports = {
  default: {
    requireModule: isCheckout ? ['ts-node/register'] : [],
    require: [
      ...['world', 'hooks', 'parameter-types'].map((name) => `support/glue/${name}.${extension}`),
      `step-definitions/**/*.${extension}`,
    ],
    strict: true,
  },
}
