import type { Painter, SurroundLevel } from './painter.ts';
import type { Placement, Size } from './viewport.ts';

const vertexSource = `#version 300 es
uniform vec4 placement;
uniform vec2 canvasSize;
out vec2 position;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  position = corner;
  vec2 device = placement.xy + corner * placement.zw;
  gl_Position = vec4(device.x / canvasSize.x * 2.0 - 1.0, 1.0 - device.y / canvasSize.y * 2.0, 0.0, 1.0);
}`;

/**
 * Below 1:1 a screen pixel is the mean of the picture's pixels under it, so that fine targets turn grey instead of into
 * false patterns. Squares stand in for linear light: a mean of encoded values would be too dark.
 */
const fragmentSource = `#version 300 es
precision highp float;
uniform sampler2D picture;
uniform float footprint;
in vec2 position;
out vec4 colour;
void main() {
  if (footprint <= 1.0) {
    colour = vec4(texture(picture, position).rgb, 1.0);
    return;
  }
  // Each tap is a mean of four already: one for every pixel and a half leaves no gap.
  int taps = int(min(ceil(footprint / 1.5), 4.0));
  vec2 reach = footprint / vec2(textureSize(picture, 0));
  vec3 light = vec3(0.0);
  for (int row = 0; row < taps; row++) {
    for (int column = 0; column < taps; column++) {
      vec2 offset = (vec2(column, row) + 0.5) / float(taps) - 0.5;
      vec3 encoded = texture(picture, position + offset * reach).rgb;
      light += encoded * encoded;
    }
  }
  colour = vec4(sqrt(light / float(taps * taps)), 1.0);
}`;

/** A painter over WebGL2, or undefined where the browser has none to give for this canvas. */
export function createWebglPainter(canvas: HTMLCanvasElement, surround: SurroundLevel): Painter | undefined {
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, preserveDrawingBuffer: false });
  if (!gl) return undefined;
  const program = linkProgram(gl);
  if (!program) return undefined;
  const placementAt = gl.getUniformLocation(program, 'placement');
  const canvasSizeAt = gl.getUniformLocation(program, 'canvasSize');
  const footprintAt = gl.getUniformLocation(program, 'footprint');
  const texture = gl.createTexture();
  // biome-ignore lint/correctness/useHookAtTopLevel: WebGL's own word for choosing a program, not a hook of React
  gl.useProgram(program);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  let allocated: Size = { width: 0, height: 0 };
  const clear = (): void => {
    const level = surround();
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(level, level, level, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
  };

  return {
    clear,
    upload(pixels, { width, height }) {
      if (allocated.width !== width || allocated.height !== height) {
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
        allocated = { width, height };
      }
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    },
    draw({ x, y, width, height, scale }: Placement) {
      const filter = scale >= 1 ? gl.NEAREST : gl.LINEAR;
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
      clear();
      gl.uniform4f(placementAt, x, y, width, height);
      gl.uniform2f(canvasSizeAt, canvas.width, canvas.height);
      gl.uniform1f(footprintAt, scale < 1 ? 1 / scale : 1);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    },
    close() {
      gl.deleteTexture(texture);
      gl.deleteProgram(program);
    },
  };
}

/** Undefined when the context is lost while it is set up: the restored one starts anew. */
function linkProgram(gl: WebGL2RenderingContext): WebGLProgram | undefined {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexSource],
    [gl.FRAGMENT_SHADER, fragmentSource],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) return undefined;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : undefined;
}
