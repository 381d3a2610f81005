/** The real Prometheus, configured by the operator's stand-in, and the real Pushgateway. */
import { existsSync } from 'node:fs'
import { stringify } from 'yaml'
import { writeWhole } from '../basis/files'
import { files, inState } from '../basis/layout'
import { answersOk } from '../basis/probes'
import { debianProgram } from '../programs/debian'
import type { Environment, Part } from './part'

export function prometheus({ ports }: Environment): Part {
  return {
    name: 'prometheus',
    prepare: () => {
      if (!existsSync(files.prometheusConfiguration))
        writeWhole(files.prometheusConfiguration, stringify({ scrape_configs: [] }))
    },
    command: () => ({
      file: debianProgram('prometheus'),
      args: [
        `--config.file=${files.prometheusConfiguration}`,
        `--storage.tsdb.path=${inState('data', 'prometheus')}`,
        `--web.listen-address=127.0.0.1:${ports.prometheus}`,
        '--web.enable-lifecycle',
      ],
    }),
    isReady: () => answersOk(ports.prometheus, '/-/ready'),
  }
}

export function pushgateway({ ports }: Environment): Part {
  return {
    name: 'pushgateway',
    command: () => ({
      file: debianProgram('pushgateway'),
      args: [`--web.listen-address=127.0.0.1:${ports.pushgateway}`],
    }),
    isReady: () => answersOk(ports.pushgateway, '/-/ready'),
  }
}
