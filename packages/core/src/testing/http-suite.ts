// What every adapter of the HTTP service must do, as tests for any runner, over real sockets.
import type { HttpOptions } from '../http/service.ts'
import type { HttpSite, HttpSuiteService } from './http-site.ts'
import { accessCases } from './http-suite-access.ts'
import { answerCases } from './http-suite-answers.ts'
import { badRequestCases } from './http-suite-bad-requests.ts'
import { bundleImportCases } from './http-suite-bundle-imports.ts'
import { bundleRefusalCases } from './http-suite-bundle-refusals.ts'
import { bundleCases } from './http-suite-bundles.ts'
import { downloadCases } from './http-suite-downloads.ts'
import { encodingCases } from './http-suite-encodings.ts'
import { errorCases } from './http-suite-errors.ts'
import { exportJobCases } from './http-suite-export-jobs.ts'
import { exportCases } from './http-suite-exports.ts'
import { formCases } from './http-suite-forms.ts'
import { givingBackCases } from './http-suite-giving-back.ts'
import { hostCases } from './http-suite-host.ts'
import { hostileQueryCases } from './http-suite-hostile-queries.ts'
import { idempotencyCases } from './http-suite-idempotency.ts'
import { importCases } from './http-suite-imports.ts'
import { jobLifeCases } from './http-suite-job-life.ts'
import { limitCases } from './http-suite-limits.ts'
import { optionCases } from './http-suite-options.ts'
import { outageCases } from './http-suite-outages.ts'
import { permitCases } from './http-suite-permits.ts'
import { probeCases } from './http-suite-probes.ts'
import { remoteCases } from './http-suite-remote.ts'
import { remoteAddressCases } from './http-suite-remote-addresses.ts'
import { remoteFaultCases } from './http-suite-remote-faults.ts'
import { selectionCases } from './http-suite-selections.ts'
import { settingCases } from './http-suite-settings.ts'
import { tenantCases } from './http-suite-tenants.ts'
import { tenantSendingCases } from './http-suite-tenants-sending.ts'
import { tooLargeCases } from './http-suite-too-large.ts'
import { transitCases } from './http-suite-transit.ts'
import { unreadBodyCases } from './http-suite-unread-bodies.ts'
import { uploadCases } from './http-suite-uploads.ts'
import type { SuiteRunner } from './runner.ts'

export type { HttpSuiteService } from './http-site.ts'

export interface HttpSuiteOptions {
  /** What is tested, for the title. */
  readonly name: string
  /** Prefix under which `start` mounts the service. @defaultValue '' */
  readonly mount?: string
  /** Asked for when a case runs. The resources are those of the reference server. */
  readonly service: () => HttpSuiteService
  /**
   * Serves an application of the framework on a free port of 127.0.0.1: a JSON body parser of its own for all
   * routes, the service under `mount`, `GET /host` → `hello from the host`, `POST /host` → the parsed JSON body
   * as JSON, and 404 with the text `host: not found` for all else.
   */
  readonly start: (options: HttpOptions) => Promise<{ readonly url: string; stop(): Promise<void> }>
  readonly register: SuiteRunner
  /** Groups of cases to register, where another run has all of them. @defaultValue all */
  readonly groups?: readonly HttpSuiteGroup[] | undefined
}

export type HttpSuiteGroup = keyof typeof groups

/** Groups in which the framework itself has a part: its routes, its parsers, its streams. The others are core's alone. */
export const frameworkGroups: readonly HttpSuiteGroup[] = [
  'probes',
  'host',
  'imports',
  'uploads',
  'too large',
  'limits',
  'answers',
  'bad requests',
  'exports',
  'export jobs',
]

const groups = {
  probes: probeCases,
  host: hostCases,
  imports: importCases,
  'options of imports': optionCases,
  'settings of imports': settingCases,
  'record errors': errorCases,
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
  exports: exportCases,
  selections: selectionCases,
  'hostile queries': hostileQueryCases,
  encodings: encodingCases,
  'truth in transit': transitCases,
  'export jobs': exportJobCases,
  downloads: downloadCases,
  bundles: bundleCases,
  'imports of bundles': bundleImportCases,
  'refusals of bundles': bundleRefusalCases,
  access: accessCases,
  'forbidden resources': permitCases,
  'unread bodies': unreadBodyCases,
  tenants: tenantCases,
  'what tenants send': tenantSendingCases,
  // The last one: it fills the table, and whoever exports it behind this waits for all of that.
  'life of jobs': jobLifeCases,
}

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
          const serve = async (options: Partial<HttpOptions>): Promise<HttpSite> => {
            const { jobs, exporter, resources } = service()
            const { url, stop } = await start({ jobs, exporter, resources, ...options })
            stops.push(stop)
            return { origin: url, mount, base: url + mount, service: service(), serve }
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
