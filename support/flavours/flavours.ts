/** All flavours of the service that the suite knows. */
import type { Contract, ContractName } from '../contracts/contract'
import { devlake } from './devlake/devlake'
import { fawkes } from './fawkes/fawkes'

export const contracts: Readonly<Record<ContractName, Contract>> = { fawkes, devlake }
