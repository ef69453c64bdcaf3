import { describe, expect, it } from 'vitest';
import { csvRecord } from './csv.ts';

describe('a CSV record', () => {
  it.each([
    [['a', 'b'], 'a,b'],
    [['', null, 0, -1], ',,0,-1'],
    [
      ['a,b', 'say "hi"', 'two\nlines', 'two\r\nlines'],
      '"a,b","say ""hi""","two\nlines","two\r\nlines"',
    ],
    [['=1+1', '+1', '-1', '@x'], "'=1+1,'+1,'-1,'@x"],
    [['\tx', '\rx', '\nx'], `'\tx,"'\rx","'\nx"`],
    [['＝x'], "'＝x"],
    [['=HYPERLINK("http://x","y")'], `"'=HYPERLINK(""http://x"",""y"")"`],
    [['a=1', "'=1"], "a=1,'=1"],
  ])('of %j', (cells, line) => {
    expect(csvRecord(cells)).toBe(`${line}\r\n`);
  });
});
