import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { visibleJson, visibleLines, visibleText } from '../../src/core/visible-text.js';

test('controls, direction marks and invisible characters become one visible character each', () => {
  assert.equal(visibleText('Esc \x1b]0;PWNED\x07\x1b[31mred'), 'Esc \ufffd]0;PWNED\ufffd\ufffd[31mred');
  assert.equal(visibleText('one\ntwo\r\x08\t'), 'one\ufffdtwo\ufffd\ufffd\ufffd');
  assert.equal(visibleText('C1 \x9b31m \u202eabc\u202c \u200b \ud800'), 'C1 \ufffd31m \ufffdabc\ufffd \ufffd \ufffd');
  assert.equal(visibleLines('a\nb\r\n'), 'a\nb\ufffd\n');
});

test('letters of every script stay as they are', () => {
  for (const text of ['Kämpfer', '戦い', 'игра', 'לשחק', 'खेल', '🎮 ❤️', '']) assert.equal(visibleText(text), text);
});

test('no text comes out that a terminal would obey', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(visibleText(text), /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u);
    }),
  );
});

test('JSON made visible has the same value, and nothing in it that a terminal would obey', () => {
  assert.equal(visibleJson('{"a":"\u009b2J\u202ex\u{e0041}"}\n'), '{"a":"\\u009b2J\\u202ex\\udb40\\udc41"}\n');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = visibleJson(JSON.stringify({ text }));
      assert.doesNotMatch(json, /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u);
      assert.deepEqual(JSON.parse(json), { text });
    }),
  );
});
