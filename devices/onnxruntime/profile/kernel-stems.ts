/**
 * What a kernel's name may be made of, the likeliest first: the name of an operation or of a value, to
 * which ONNX Runtime adds what it did (`fused conv`, `matmul/MatMulAddFusion`, `sum_output_nchwc`,
 * `scaled_mul_nchwc`), and a number where such a name is taken (`conv_token_1`).
 */
export function stemsOf(name: string): readonly string[] {
  const stem = name
    .replace(/_token_\d+$/, '')
    .replace(/^fused /, '')
    .replace(/\/\w+Fusion\/?$/, '');
  const value = stem.replace(/_nchwc$/, '');
  if (value === stem) return stem === name ? [name] : [name, stem];
  return [name, stem, value, value.replace(/_[a-z]+$/, '')];
}
