import { useState } from 'react';
import type { ParameterDescription, ParameterValues } from '../../../preload/contract.ts';
import { ResolutionControl } from '../../controls/resolution-control.tsx';
import type { SettingListener } from '../../controls/setting.ts';
import { spokenLabel } from '../../controls/setting.ts';
import { SettingFrame } from '../../controls/setting-frame.tsx';
import { SettingRow } from '../../controls/setting-row.tsx';
import type { ParameterEditor } from '../../store/parameter-editor.ts';
import { draftValue, refusalOf, shownValue } from '../../store/selectors.ts';
import { useLab, useLabState } from '../panel-context.ts';
import { ChooseFileDialog } from './choose-file-dialog.tsx';
import type { ResolutionPair } from './parameter-rows.ts';
import { offeredResolutions, parameterRows } from './parameter-rows.ts';
import { settingOfParameter } from './parameter-setting.ts';

/** The lines of some parameters of one kind. Locked ones show their values and cannot be changed. */
export function ParameterRows(props: { processorId: string; parameters: readonly ParameterDescription[]; locked: boolean }) {
  const { processorId, parameters, locked } = props;
  return parameterRows(parameters).map((row) =>
    'pair' in row ? (
      <ResolutionRow key={row.pair.width.name} processorId={processorId} pair={row.pair} locked={locked} />
    ) : (
      <ParameterRow key={row.parameter.name} processorId={processorId} parameter={row.parameter} locked={locked} />
    ),
  );
}

interface Hand {
  change(name: string, value: ParameterValues[string]): void;
  unset(name: string): void;
  commit(origin: 'gesture' | 'keyboard'): void;
}

/** A runtime value goes to the lab at once, a load-time value into the draft. */
function handOf(editor: ParameterEditor, processorId: string, kind: ParameterDescription['kind']): Hand {
  if (kind === 'load-time') {
    return {
      change: (name, value) => editor.draftLoadTime(processorId, name, value),
      unset: () => undefined,
      commit: () => undefined,
    };
  }
  return {
    change: (name, value) => editor.change(processorId, name, value),
    unset: (name) => editor.change(processorId, name, null),
    commit: (origin) => editor.commit(processorId, origin),
  };
}

function useShownValue(processorId: string, { name, kind }: ParameterDescription) {
  const read = kind === 'runtime' ? shownValue : draftValue;
  return useLabState((state) => read(state, processorId, name));
}

function ParameterRow(props: { processorId: string; parameter: ParameterDescription; locked: boolean }) {
  const { processorId, parameter, locked } = props;
  const { parameters } = useLab();
  const [choosing, setChoosing] = useState(false);
  const value = useShownValue(processorId, parameter);
  const refusal = useLabState((state) => refusalOf(state, processorId, parameter.name));
  const hand = handOf(parameters, processorId, parameter.kind);
  const listener: SettingListener = {
    change: (next) => hand.change(parameter.name, next),
    commit: (origin) => hand.commit(origin),
    unset: () => hand.unset(parameter.name),
    choosePath: () => setChoosing(true),
  };
  return (
    <>
      <SettingRow setting={settingOfParameter(parameter, value, locked, refusal)} listener={listener} />
      {choosing && (
        <ChooseFileDialog
          title={`${parameter.label}: choose a file`}
          fileTypes={parameter.fileTypes ?? []}
          path={String(value ?? '')}
          onClose={() => setChoosing(false)}
          onChoose={(path) => {
            listener.change(path);
            listener.commit('gesture');
          }}
        />
      )}
    </>
  );
}

function ResolutionRow(props: { processorId: string; pair: ResolutionPair; locked: boolean }) {
  const { processorId, pair, locked } = props;
  const { parameters } = useLab();
  const width = Number(useShownValue(processorId, pair.width));
  const height = Number(useShownValue(processorId, pair.height));
  const refusal = useLabState((state) => refusalOf(state, processorId, pair.width.name));
  const hand = handOf(parameters, processorId, pair.width.kind);
  const [defaultWidth, defaultHeight] = [Number(pair.width.defaultValue), Number(pair.height.defaultValue)];

  function set(size: { width?: number; height?: number }) {
    if (size.width !== undefined) hand.change(pair.width.name, size.width);
    if (size.height !== undefined) hand.change(pair.height.name, size.height);
    hand.commit('gesture');
  }

  const setting = {
    ...settingOfParameter(pair.width, `${width} × ${height}`, locked, refusal),
    label: 'Size',
    control: 'resolution' as const,
    help: `${pair.width.help}. ${pair.height.help}.`,
    defaultValue: `${defaultWidth} × ${defaultHeight}`,
  };
  return (
    <SettingFrame setting={setting} onReset={() => set({ width: defaultWidth, height: defaultHeight })}>
      <ResolutionControl
        label={spokenLabel(setting)}
        width={width}
        height={height}
        widthRange={pair.width}
        heightRange={pair.height}
        offered={offeredResolutions(pair).map((size, index) => ({
          ...size,
          label: `${size.width} × ${size.height}${index === 0 ? ', default' : ''}`,
        }))}
        disabled={locked}
        onSet={set}
      />
    </SettingFrame>
  );
}
