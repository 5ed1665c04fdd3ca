// What every adapter of the HTTP service must do, as tests for any runner, over real sockets.
import type { HttpOptions } from '@lading/core/http'
import type { SuiteRunner } from '../runner.ts'
import { accessCases } from './cases/access-cases.ts'
import { answerCases } from './cases/answers.ts'
import { badRequestCases } from './cases/bad-requests.ts'
import { bundleImportCases } from './cases/bundle-imports.ts'
import { bundleRefusalCases } from './cases/bundle-refusals.ts'
import { bundleCases } from './cases/bundles.ts'
import { charsetCases } from './cases/charsets.ts'
import { digestCases } from './cases/digest-cases.ts'
import { downloadPlaceCases } from './cases/download-places.ts'
import { downloadCases } from './cases/downloads.ts'
import { encodingCases } from './cases/encodings.ts'
import { exportJobCases, exportStateCases } from './cases/export-jobs.ts'
import { exportCases } from './cases/exports.ts'
import { fileKindCases } from './cases/file-kinds.ts'
import { formCases } from './cases/forms.ts'
import { contentTypeCases, hostCases, stoppingCases } from './cases/host.ts'
import { hostileQueryCases } from './cases/hostile-query-cases.ts'
import { idempotencyCases } from './cases/idempotency.ts'
import { importCases, importReportCases } from './cases/imports.ts'
import { jobLifeCases } from './cases/job-life.ts'
import { limitCases } from './cases/limit-cases.ts'
import { misplacedFileCases } from './cases/misplaced-files.ts'
import { optionCases } from './cases/options.ts'
import { outageCases } from './cases/outage-cases.ts'
import { permitCases } from './cases/permits.ts'
import { principalCases } from './cases/principals.ts'
import { probeCases } from './cases/probes.ts'
import { queueFullCases } from './cases/queue-full.ts'
import { readBodyCases } from './cases/read-bodies.ts'
import { readingCases } from './cases/reading.ts'
import { errorCases } from './cases/record-error-cases.ts'
import { givingBackCases } from './cases/rejects.ts'
import { remoteCases } from './cases/remote.ts'
import { remoteAddressCases } from './cases/remote-addresses.ts'
import { remoteFaultCases } from './cases/remote-faults.ts'
import { selectionCases } from './cases/selections.ts'
import { settingCases } from './cases/settings.ts'
import { slowReaderCases } from './cases/slow-readers.ts'
import { tenantCases } from './cases/tenants.ts'
import { tenantSendingCases } from './cases/tenants-sending.ts'
import { tooLargeCases } from './cases/too-large.ts'
import { everyWayCases, transitCases } from './cases/transit.ts'
import { tricklingBodyCases } from './cases/trickling-bodies.ts'
import { unknownResourceCases } from './cases/unknown-resources.ts'
import { unreadBodyCases } from './cases/unread-bodies.ts'
import { unseenJobCases } from './cases/unseen-jobs.ts'
import { uploadCases } from './cases/uploads.ts'
import { warningCases } from './cases/warnings.ts'
import type { Before, HttpHarness, HttpSuiteService, Principal } from './harness.ts'

export type { HttpSuiteService } from './harness.ts'

export interface HttpSuiteOptions {
  /** The subject of the tests, for the title. */
  readonly name: string
  /** Prefix under which `start` mounts the service. @defaultValue '' */
  readonly mount?: string
  /** Asked for when a case runs. The resources are those of the reference server. */
  readonly service: () => HttpSuiteService
  /**
   * Serves an application of the framework on a free port of 127.0.0.1: a JSON body parser of its own for all
   * routes, the service under `mount`, `GET /host` → `hello from the host`, `POST /host` → the parsed JSON body
   * as JSON, and 404 with the text `host: not found` for all else. `stop` closes it, breaks what is left of the
   * connections, and resolves when no request is worked on; twice does nothing more. With a `principal`, that is what
   * the option of this name returns for the headers of the framework's request. With a `before`, the host waits for it
   * with each request, ahead of its body parser and of the service.
   */
  readonly start: (
    options: HttpOptions,
    principal: Principal | undefined,
    before: Before | undefined,
  ) => Promise<{ readonly url: string; stop(): Promise<void> }>
  readonly register: SuiteRunner
  /** Groups of cases to register, where another run has all of them. @defaultValue all */
  readonly groups?: readonly HttpSuiteGroup[] | undefined
}

export type HttpSuiteGroup = keyof typeof groups

/** Groups in which two versions of a framework may differ: routes, parsers, errors, answers. The others are core's alone. */
export const frameworkGroups: readonly HttpSuiteGroup[] = [
  'probes',
  'host',
  'content types',
  'stopping',
  'principals',
  'imports',
  'bodies that were read',
  'too large',
  'answers',
  'exports',
  'export jobs',
  'unread bodies',
  'truth in transit',
]

const groups = {
  probes: probeCases,
  host: hostCases,
  'content types': contentTypeCases,
  stopping: stoppingCases,
  principals: principalCases,
  imports: importCases,
  'reports of imports': importReportCases,
  'options of imports': optionCases,
  'settings of imports': settingCases,
  'reading of files': readingCases,
  'record errors': errorCases,
  warnings: warningCases,
  'giving back': givingBackCases,
  idempotency: idempotencyCases,
  uploads: uploadCases,
  forms: formCases,
  'too large': tooLargeCases,
  limits: limitCases,
  answers: answerCases,
  'bad requests': badRequestCases,
  'remote files': remoteCases,
  'faults of remote files': remoteFaultCases,
  'addresses of remote files': remoteAddressCases,
  outages: outageCases,
  'a full queue': queueFullCases,
  exports: exportCases,
  selections: selectionCases,
  'hostile queries': hostileQueryCases,
  encodings: encodingCases,
  charsets: charsetCases,
  'kinds of files': fileKindCases,
  'misplaced files': misplacedFileCases,
  'bodies that were read': readBodyCases,
  'truth in transit': transitCases,
  'truth on every way': everyWayCases,
  'export jobs': exportJobCases,
  'states of exports': exportStateCases,
  downloads: downloadCases,
  'places for downloads': downloadPlaceCases,
  'slow readers': slowReaderCases,
  bundles: bundleCases,
  'imports of bundles': bundleImportCases,
  'refusals of bundles': bundleRefusalCases,
  access: accessCases,
  'forbidden resources': permitCases,
  'unknown resources': unknownResourceCases,
  'unseen jobs': unseenJobCases,
  'digests of bodies': digestCases,
  'unread bodies': unreadBodyCases,
  'trickling bodies': tricklingBodyCases,
  tenants: tenantCases,
  'what tenants send': tenantSendingCases,
  // The last one: it fills the table, and every later export waits for all of that.
  'life of jobs': jobLifeCases,
}

/** All groups, in the order in which they are registered. */
export const httpSuiteGroups = Object.keys(groups) as readonly HttpSuiteGroup[]

/**
 * Registers one test for each promise of the documented service.
 *
 * @example
 * httpSuite({ name: 'my framework', mount: '/api', service: () => service, start: serveMyApp, register: { describe, test } })
 */
export function httpSuite(options: HttpSuiteOptions): void {
  const { name, mount = '', service, start, register, groups: only } = options
  for (const [group, cases] of Object.entries(groups)) {
    if (only?.every(wanted => wanted !== group)) continue
    register.describe(`${name}, ${group}`, () => {
      for (const [title, body] of Object.entries(cases)) {
        register.test(title, async () => {
          const stops: (() => Promise<void>)[] = []
          const serve: HttpHarness['serve'] = async (options, principal, before) => {
            const { jobs, exporter, resources } = service()
            const { url, stop } = await start({ jobs, exporter, resources, ...options }, principal, before)
            stops.push(stop)
            return { origin: url, mount, base: url + mount, service: service(), serve, stop }
          }
          try {
            await body(await serve({}))
          } finally {
            await Promise.all(stops.map(stop => stop()))
          }
        })
      }
    })
  }
}
