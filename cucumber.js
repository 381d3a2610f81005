/** Cucumber's own configuration: `npx cucumber-js` and editors use it, and so does the run in support/cli/acceptance.ts. */
module.exports = {
  default: {
    requireModule: ['ts-node/register'],
    require: [
      'support/glue/world.ts',
      'support/glue/hooks.ts',
      'support/glue/parameter-types.ts',
      'step-definitions/**/*.ts',
    ],
    strict: true,
  },
}
