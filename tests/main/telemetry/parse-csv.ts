/**
 * Reads RFC 4180 text to the letter: records end in CRLF, the last one too, and a quote, comma, CR or LF stands only in a
 * quoted field. Throws where the text departs from that, so that a test cannot pass on a file that other readers misread.
 */
export function parseCsv(text: string): string[][] {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  const records: string[][] = [];
  let record: string[] = [];
  while (field.lastIndex < text.length) {
    const offset = field.lastIndex;
    const match = field.exec(text);
    if (match === null)
      throw new Error(`Expected an RFC 4180 field at ${offset} but received ${JSON.stringify(text.slice(offset, offset + 40))}`);
    const [, quoted, plain = '', separator] = match;
    record.push(quoted?.replaceAll('""', '"') ?? plain);
    if (separator === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}
