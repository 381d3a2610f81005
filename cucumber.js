/** Cucumber's configuration, used by `npx cucumber-js`, by editors and by the run (support/run/run.ts). */
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
