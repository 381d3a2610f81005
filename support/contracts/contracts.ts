/** All flavours of the service that the suite knows. */
import type { Contract, ContractName } from './contract'
import { devlake } from './devlake'
import { fawkes } from './fawkes'

export const contracts: Readonly<Record<ContractName, Contract>> = { fawkes, devlake }
