import {checkBatches, numbers} from '../../../../support/batch-case.js';
import {NetworkBuilder} from '../../../../support/network-builder.js';
import {tensorOf} from '../../../../support/tensor-of.js';

/** An image [n, 2, 4, 4], and what its operations need. */
function image() {
  return new NetworkBuilder('image')
    .input('x', 'f32', ['n', 2, 4, 4])
    .initializer('w', tensorOf('f32', [2, 2, 3, 3], numbers(36, 1)))
    .initializer('c', tensorOf('f32', [2], [1, 2]))
    .initializer('halves', tensorOf('f32', [4], [1, 1, 2, 2]))
    .initializer('doubles', tensorOf('f32', [4], [2, 1, 1, 1]))
    .initializer('zeros', tensorOf('i64', [1], [0]))
    .initializer('twos', tensorOf('i64', [1], [2]))
    .initializer('sizes', tensorOf('i64', [2], [5, 7]))
    .initializer('scale', tensorOf('f32', [4], [1, 2, 3, 4]))
    .initializer('point', tensorOf('u8', [4]));
}

const turn = {perm: [1n, 0n, 2n, 3n]};

checkBatches({
  'convolution, normalisation and pooling keep requests apart': [
    image()
      .node('Conv', 'x w c', 'a', {pads: [1n, 1n, 1n, 1n]})
      .node('BatchNormalization', 'a c c c c', 'b')
      .node('InstanceNormalization', 'b c c', 'd')
      .node('AveragePool', 'd', 'e', {kernel_shape: [2n, 2n]})
      .node('GlobalAveragePool', 'e', 'y'),
  ],
  'a convolution that takes another axis for the batch is refused': [
    image()
      .node('Transpose', 'x', 't', turn)
      .node('GlobalAveragePool', 't', 'g')
      .node('Transpose', 'g', 'y', turn),
    /\(GlobalAveragePool\): it takes another axis for the batch/,
  ],
  'BatchNormalization in training is refused': [
    image().opset('', 15).node('BatchNormalization', 'x c c c c', 'y m v', {training_mode: 1n}),
    /\(BatchNormalization\): it normalises over the batch/,
  ],
  'MaxPool that tells places is refused': [
    image()
      .node('MaxPool', 'x', 'p i', {kernel_shape: [2n, 2n]})
      .node('Cast', 'i', 'y', {to: 1n}),
    /\(MaxPool\): its indices count over the batch/,
  ],
  'MeanVarianceNormalization over the batch is refused': [
    image().node('MeanVarianceNormalization', 'x', 'y'),
    /\(MeanVarianceNormalization\): it works along the batch/,
  ],
  'Resize by scales keeps requests apart': [image().node('Resize', 'x - halves', 'y')],
  'Resize to sizes that keep the batch keeps requests apart': [
    image()
      .node('Shape', 'x', 's')
      .node('Slice', 's zeros twos', 'front')
      .node('Concat', 'front sizes', 'to', {axis: 0n})
      .node('Resize', 'x - - to', 'y'),
  ],
  'Resize of the batch is refused': [
    image().node('Resize', 'x - doubles', 'y'),
    /\(Resize\): it scales the batch/,
  ],
  'QuantizeLinear for each channel keeps requests apart': [
    image()
      .node('QuantizeLinear', 'x scale point', 'q', {axis: 2n})
      .node('DequantizeLinear', 'q scale point', 'y', {axis: 2n}),
  ],
  'QuantizeLinear for each row of the batch is refused': [
    image()
      .node('Transpose', 'x', 't', {perm: [1n, 2n, 0n, 3n]})
      .node('QuantizeLinear', 't scale point', 'q', {axis: 2n})
      .node('DequantizeLinear', 'q scale point', 'd')
      .node('Transpose', 'd', 'y', {perm: [2n, 0n, 1n, 3n]}),
    /\(QuantizeLinear\): it works along the batch/,
  ],
});
