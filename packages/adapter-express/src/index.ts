// ladingExpress: the documented service as a handler for Express 4 and 5.
import { createHttp, type HttpOptions, handleNode, splitUrl } from '@lading/core/http'
import type { RequestHandler } from 'express'

/**
 * Mount it at the root or under a prefix, before or after body parsers. Paths that are not of the service go to
 * the next handler; everything under `/v1/` is of the service.
 *
 * @example
 * app.use('/api', ladingExpress({ jobs, exporter, resources }))
 */
export function ladingExpress(options: HttpOptions): RequestHandler {
  const http = createHttp(options)
  return (request, response, next) => {
    const { url, baseUrl: mount } = request
    const [path] = splitUrl(url)
    if (!http.owns(path)) return next()
    // Express tells everybody what it is; which version has which hole is known.
    response.removeHeader('X-Powered-By')
    handleNode(http, {
      request,
      response,
      url,
      mount,
      remoteAddress: request.ip,
      // A body parser of the host leaves what it read here; Express 4 has `{}` here without one.
      parsedBody: request.body,
    }).catch(next)
  }
}

export type { HttpOptions as LadingOptions } from '@lading/core/http'
