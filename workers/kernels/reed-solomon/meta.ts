/** What the kernel is called, and what fits in its six pages of memory. */
export const meta = {
  name: 'reed-solomon',
  /** Rows of one code word, data and parity. GF(2^8) would give 256; the tables grow with the square. */
  rows: 32,
  /**
   * Of each fragment in one call, with 32 rows a fifth of a small second-level cache. Longer fragments come in pieces:
   * measured with 10 + 4, 8 KiB is as fast as 4 and faster than 16 or the whole, copies included.
   */
  pieceBytes: 8 * 1024,
} as const
