import assert from 'node:assert/strict';
import test from 'node:test';
import {
  contractDifference,
  contractFingerprint,
  isCropValid,
  STUDY_CONTRACT,
  type PreprocessingContract,
} from '../../src/vision/preprocessing-contract.js';

test('equal contracts have one fingerprint, whatever the order of their fields', () => {
  const reversed = Object.fromEntries(Object.entries(STUDY_CONTRACT).reverse()) as unknown as PreprocessingContract;
  assert.equal(contractFingerprint(reversed), contractFingerprint(STUDY_CONTRACT));
  assert.equal(contractDifference(STUDY_CONTRACT, reversed), null);
});

test("the study's fingerprint stays what released bundles carry", () => {
  assert.equal(contractFingerprint(STUDY_CONTRACT), '50e26ad8ff8b86f60b560277db5e7837d0254d1018cabaf4430c83b55a3c45bc');
});

test('each field that differs changes the fingerprint and is named', () => {
  const others: readonly [string, PreprocessingContract][] = [
    ['width', { ...STUDY_CONTRACT, width: 64 }],
    ['height', { ...STUDY_CONTRACT, height: 36 }],
    ['gray', { ...STUDY_CONTRACT, gray: 'average' as 'bt601-15bit' }],
    ['resize', { ...STUDY_CONTRACT, resize: 'area' as 'opencv-linear-u8' }],
    ['scale', { ...STUDY_CONTRACT, scale: '1' as '1/255' }],
    ['crop.left', { ...STUDY_CONTRACT, crop: { left: 0.1, top: 0, width: 1, height: 1 } }],
    ['crop.height', { ...STUDY_CONTRACT, crop: { left: 0, top: 0, width: 1, height: 0.5 } }],
  ];
  for (const [field, other] of others) {
    assert.equal(contractDifference(STUDY_CONTRACT, other)?.field, field);
    assert.notEqual(contractFingerprint(other), contractFingerprint(STUDY_CONTRACT));
  }
});

test('a difference says what was expected and what was got', () => {
  assert.deepEqual(contractDifference(STUDY_CONTRACT, { ...STUDY_CONTRACT, width: 64 }), {
    field: 'width',
    expected: 128,
    got: 64,
  });
});

test('a crop must lie within the window and not be empty', () => {
  assert.equal(isCropValid({ left: 0.1, top: 0.2, width: 0.9, height: 0.8 }), true);
  assert.equal(isCropValid({ left: 0.5, top: 0, width: 0.6, height: 1 }), false);
  assert.equal(isCropValid({ left: 0, top: 0, width: 0, height: 1 }), false);
  assert.equal(isCropValid({ left: -0.1, top: 0, width: 0.5, height: 1 }), false);
  assert.equal(isCropValid({ left: Number.NaN, top: 0, width: 0.5, height: 1 }), false);
});
