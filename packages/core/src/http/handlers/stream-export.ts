// GET /v1/exports: the rows of a resource as a file, streamed from the database.
import { gzipStream } from '../../engine/format/text/gzip.ts'
import type { Handler, Service } from '../http-service.ts'
import { acceptsGzip } from '../response/accept.ts'
import { fileResponse, isHead, isoDate, waitForFirstBytes } from '../response/download.ts'
import { readExportQuery } from '../submit/export-query.ts'
import { type HttpRequest, type HttpResponse, header } from '../wire/message.ts'

export const streamExport: Handler = (request, service) => {
  const options = readExportQuery(request.rawQuery, service.registry)
  const answer = () => exported(request, service, options)
  // A HEAD request uses no database connection, and needs no slot.
  return isHead(request) ? answer() : service.streamedExports.withSlot(request, answer)
}

async function exported(
  request: HttpRequest,
  { exporter }: Service,
  options: ReturnType<typeof readExportQuery>,
): Promise<HttpResponse> {
  const { resource, format, compression = 'none' } = options
  await request.access.permit(resource)
  const isGzipEncoded = compression === 'none' && acceptsGzip(header(request, 'accept-encoding'))
  // The options are checked at once; no row is read before the stream is.
  const stream = exporter.stream({ ...options, caller: request.access.caller })
  const facts = {
    name: `${resource}-${isoDate()}`,
    format,
    compression,
    headers: { Vary: 'Accept-Encoding', ...(isGzipEncoded && { 'Content-Encoding': 'gzip' }) },
  }
  if (isHead(request)) {
    stream.destroy()
    return fileResponse(undefined, facts)
  }
  return fileResponse(
    await waitForFirstBytes(isGzipEncoded ? gzipStream(stream) : stream, request.signal),
    facts,
  )
}
