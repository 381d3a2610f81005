/** The registry of flavours: every flavour of the service that the suite knows, by the name of its contract. */

import type { NumbersProof } from '../checks/numbers/numbers-proof'
import { RecomputedNumbers } from '../checks/numbers/recomputed-numbers'
import { type Contract, type ContractName, contractNames } from '../contracts/contract'
import type { Platform } from '../platform/platform'
import { DashboardNumbers } from './devlake/dashboard-numbers'
import { devlake } from './devlake/devlake'
import { fawkes } from './fawkes/fawkes'

interface Flavour {
  readonly contract: Contract
  /** The way to prove that the flavour reports the right numbers. */
  readonly numbers: (platform: Platform) => NumbersProof
}

export const flavours: Readonly<Record<ContractName, Flavour>> = {
  fawkes: { contract: fawkes, numbers: (platform) => new RecomputedNumbers(platform) },
  devlake: { contract: devlake, numbers: (platform) => new DashboardNumbers(platform) },
}

export const contracts = Object.fromEntries(contractNames.map((name) => [name, flavours[name].contract])) as Readonly<
  Record<ContractName, Contract>
>
