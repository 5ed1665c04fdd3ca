// A writable stream that takes no more for now → a promise of room in it, or of its end.

/** The part of a stream that is needed: of Node's, or of another make. */
interface Drainable {
  readonly destroyed: boolean
  on(event: 'drain' | 'close', listener: () => void): unknown
  off(event: 'drain' | 'close', listener: () => void): unknown
}

/** Also resolves when the stream is closed: whoever writes looks at that, and learns why from elsewhere. */
export function drained(stream: Drainable): Promise<void> {
  return new Promise(resolve => {
    const goOn = () => {
      stream.off('drain', goOn)
      stream.off('close', goOn)
      resolve()
    }
    stream.on('drain', goOn)
    stream.on('close', goOn)
    if (stream.destroyed) goOn()
  })
}
