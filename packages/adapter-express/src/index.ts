// ladingExpress: the documented service as a handler for Express 4 and 5.
import {
  createHttp,
  type Http,
  type HttpOptions,
  handleNode,
  type ServedLading,
  type ServedLadingOptions,
  servedLading,
  splitUrl,
} from '@lading/core/http'
import type { Request, RequestHandler } from 'express'

/** Options of this adapter only. */
export interface ExpressOptions {
  /**
   * Returns the caller that the host has authenticated: a string is a principal, an object may have `tenant` and
   * `principal`. `authorize` gets it unchanged. @defaultValue an anonymous caller
   */
  readonly principal?: ((request: Request) => unknown) | undefined
}

/** Options for a `Lading` from `createLading`. */
export interface LadingExpressOptions extends ServedLadingOptions, ExpressOptions {}

/** Options for jobs and an exporter that were created separately. */
export interface LadingExpressParts extends HttpOptions, ExpressOptions {}

export interface LadingHandler extends RequestHandler {
  /**
   * Resolves when no request is in flight, including those whose client has disconnected. Await it after the server's
   * `close`, and before the pool and the process end.
   */
  whenIdle(): Promise<void>
}

/**
 * Creates the handler. Mount it at the root or under a prefix, before any body parser (see docs/operating.md). The
 * service answers everything under `/v1/`, and passes paths that it does not own to the next handler.
 *
 * @example
 * const lading = createLading({ pool, resources })
 * app.use('/api', ladingExpress(lading, { authorize }))
 *
 * @example
 * app.use('/api', ladingExpress({ jobs, exporter, resources, authorize }))
 *
 * @throws LadingError `CONFIG_INVALID`
 */
export function ladingExpress(parts: LadingExpressParts): LadingHandler
export function ladingExpress(lading: ServedLading, options?: LadingExpressOptions): LadingHandler
export function ladingExpress(
  served: ServedLading | LadingExpressParts,
  options?: LadingExpressOptions,
): LadingHandler {
  if (isParts(served)) {
    const { principal, ...parts } = served
    return handlerOf(createHttp(parts), principal)
  }
  const { principal, ...serving } = options ?? {}
  return handlerOf(createHttp(servedLading(served, serving)), principal)
}

/** A `Lading` has methods that the parts do not have. */
function isParts(served: ServedLading | LadingExpressParts): served is LadingExpressParts {
  return !('import' in served && 'work' in served)
}

function handlerOf(http: Http, principal: ExpressOptions['principal']): LadingHandler {
  const handler: RequestHandler = (request, response, next) => {
    const { url, baseUrl: mount } = request
    const [path] = splitUrl(url)
    if (!http.owns(path)) return next()
    // Express names itself to clients, which helps attackers.
    response.removeHeader('X-Powered-By')
    handleNode(http, {
      request,
      response,
      url,
      mount,
      remoteAddress: request.ip,
      principal: principal && (() => principal(request)),
      // Set by a body parser of the host; in Express 4 it is `{}` without one.
      parsedBody: request.body,
    }).catch(next)
  }
  return Object.assign(handler, { whenIdle: () => http.whenIdle() })
}
