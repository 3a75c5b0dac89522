import assert from 'node:assert/strict';
import { test } from 'node:test';
import { characterOf, nameOfCharacter } from '../../../src/desktop/windows/characters.js';

const PRINTABLE = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i));

test('every printable character of ASCII has a name, and the name means that character', () => {
  for (const character of PRINTABLE) {
    const name = nameOfCharacter(character);
    assert.ok(name !== null, `'${character}'`);
    assert.equal(characterOf(name), character);
  }
  assert.equal(new Set(PRINTABLE.map(nameOfCharacter)).size, PRINTABLE.length);
});

test('letters and digits are their own names, in either case', () => {
  for (const name of ['a', 'Z', '0']) assert.deepEqual([characterOf(name), nameOfCharacter(name)], [name, name]);
});

test('names are those of X11', () => {
  // keysymdef.h: a keysym of Latin-1 is the number of its character
  for (const [name, code] of [
    ['space', 0x20],
    ['apostrophe', 0x27],
    ['asciitilde', 0x7e],
    ['section', 0xa7],
    ['twosuperior', 0xb2],
    ['ssharp', 0xdf],
    ['eacute', 0xe9],
    ['udiaeresis', 0xfc],
  ] as const)
    assert.equal(characterOf(name), String.fromCharCode(code), name);
});

test('what is not in the table has no name, and other names mean no character', () => {
  for (const character of ['字', '\u00a0', '', 'ab']) assert.equal(nameOfCharacter(character), null);
  for (const name of ['Up', 'hiragana', '', 'ab', 'é']) assert.equal(characterOf(name), null);
});
