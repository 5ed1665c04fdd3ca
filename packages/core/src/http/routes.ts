// THE route table, and the lookup of a path in it.
import type { TObject } from '@sinclair/typebox'
import type { Action } from './admission/access.ts'
import { cancelImport } from './handlers/cancel-import.ts'
import { createExport } from './handlers/create-export.ts'
import { createImport } from './handlers/create-import.ts'
import { deleteExport } from './handlers/delete-export.ts'
import { downloadExport } from './handlers/download-export.ts'
import { getExport } from './handlers/get-export.ts'
import { getImport } from './handlers/get-import.ts'
import { openApi } from './handlers/get-openapi.ts'
import { health, live, ready } from './handlers/health-probes.ts'
import { importErrors } from './handlers/import-errors.ts'
import { importRejects } from './handlers/import-rejects.ts'
import { listImports } from './handlers/list-imports.ts'
import { listResources } from './handlers/list-resources.ts'
import { retryImport } from './handlers/retry-import.ts'
import { metrics } from './handlers/scrape-metrics.ts'
import { streamExport } from './handlers/stream-export.ts'
import type { Handler } from './http-service.ts'
import { importStatus } from './wire/answer-schemas.ts'
import {
  errorsOptions,
  exportJob,
  exportOptions,
  importOptions,
  listOptions,
  rejectsOptions,
} from './wire/schemas.ts'

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly summary: string
  /** The action that `authorize` decides on. */
  readonly action: Action
  readonly handler: Handler
  /** The status of a success. @defaultValue 200 */
  readonly status?: number
  readonly query?: TObject
  readonly body?: TObject
  /** The schema of a successful JSON response, if it is documented. */
  readonly responseSchema?: TObject
}

const job = '/v1/imports/:job_id'
const exported = '/v1/exports/:job_id'

export const routes: readonly Route[] = [
  {
    method: 'GET',
    path: '/health',
    summary: 'Whether every part works',
    action: 'health.read',
    handler: health,
  },
  {
    method: 'GET',
    path: '/ready',
    summary: 'Whether the server accepts work',
    action: 'health.read',
    handler: ready,
  },
  { method: 'GET', path: '/live', summary: 'Whether the process runs', action: 'health.read', handler: live },
  {
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    action: 'metrics.read',
    handler: metrics,
  },
  {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    action: 'openapi.read',
    handler: openApi,
  },
  {
    method: 'GET',
    path: '/v1/resources',
    summary: 'What can be imported and exported',
    action: 'resources.list',
    handler: listResources,
  },
  {
    method: 'POST',
    path: '/v1/imports',
    summary: 'Import a file',
    action: 'imports.create',
    handler: createImport,
    status: 202,
    query: importOptions,
  },
  {
    method: 'GET',
    path: '/v1/imports',
    summary: 'List imports',
    action: 'imports.list',
    handler: listImports,
    query: listOptions,
  },
  {
    method: 'GET',
    path: job,
    summary: 'Status of an import',
    action: 'imports.read',
    handler: getImport,
    responseSchema: importStatus,
  },
  {
    method: 'DELETE',
    path: job,
    summary: 'Cancel an import',
    action: 'imports.cancel',
    handler: cancelImport,
    status: 202,
  },
  {
    method: 'POST',
    path: `${job}/retry`,
    summary: 'Resume an import',
    action: 'imports.retry',
    handler: retryImport,
    status: 202,
  },
  {
    method: 'GET',
    path: `${job}/errors`,
    summary: 'Record errors',
    action: 'imports.errors',
    handler: importErrors,
    query: errorsOptions,
  },
  {
    method: 'GET',
    path: `${job}/rejects`,
    summary: 'Rejected records as a file',
    action: 'imports.rejects',
    handler: importRejects,
    query: rejectsOptions,
  },
  {
    method: 'GET',
    path: '/v1/exports',
    summary: 'Export now',
    action: 'exports.stream',
    handler: streamExport,
    query: exportOptions,
  },
  {
    method: 'POST',
    path: '/v1/exports',
    summary: 'Export in the background',
    action: 'exports.create',
    handler: createExport,
    status: 202,
    body: exportJob,
  },
  {
    method: 'GET',
    path: exported,
    summary: 'Status of an export',
    action: 'exports.read',
    handler: getExport,
  },
  {
    method: 'DELETE',
    path: exported,
    summary: 'Cancel an export, or delete its file',
    action: 'exports.delete',
    handler: deleteExport,
    status: 202,
  },
  {
    method: 'GET',
    path: `${exported}/download`,
    summary: 'File of an export',
    action: 'exports.download',
    handler: downloadExport,
  },
]

export interface RouteMatch {
  /** The methods of the path; empty if the path is unknown. */
  readonly allowed: readonly string[]
  /** Undefined if the path is unknown or does not have this method. */
  readonly route: Route | undefined
  readonly params: Readonly<Record<string, string>>
}

/** HEAD is answered like GET, without a body. */
export function matchRoute(method: string, path: string): RouteMatch {
  const routeMethod = method === 'HEAD' ? 'GET' : method
  const matching = routes.filter(route => paramsOf(route.path, path) !== undefined)
  const route = matching.find(candidate => candidate.method === routeMethod)
  const [first] = matching
  return {
    allowed: matching.flatMap(one => (one.method === 'GET' ? ['GET', 'HEAD'] : [one.method])),
    route,
    params: (first && paramsOf(first.path, path)) ?? {},
  }
}

/** The path templates, such as `/v1/imports/:job_id`; a path with several methods appears once for each. */
export const routePaths: readonly string[] = routes.map(({ path }) => path)

/** Whether this service answers a path, even with 404; any other path belongs to the host. */
export function ownsPath(path: string): boolean {
  return path === '/v1' || path.startsWith('/v1/') || routes.some(route => route.path === path)
}

function paramsOf(template: string, path: string): Record<string, string> | undefined {
  const templateParts = template.split('/')
  const parts = path.split('/')
  if (templateParts.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of templateParts.entries()) {
    const value = parts[index] ?? ''
    const isParam = part.startsWith(':') && value !== ''
    if (isParam) params[part.slice(1)] = decoded(value)
    else if (part !== value) return undefined
  }
  return params
}

/** Invalid percent-encoding is left unchanged; it is never a valid id, so the handler refuses it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
