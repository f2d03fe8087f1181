import { Modal } from '../../controls/modal.tsx';
import { scopePanelOf } from '../../store/scope-selectors.ts';
import { useLab, useLabState, usePageState } from '../panel-context.ts';
import { JsonSourceForm } from './json-source-form.tsx';

/** Imports the schema of a pipeline of Daydream Scope, and shows its parameters. */
export function ImportSchemaDialog() {
  const { page, scope } = useLab();
  const open = usePageState(({ scopeDialog }) => scopeDialog === 'schema');
  const close = () => page.setState({ scopeDialog: undefined });
  return (
    <Modal
      open={open}
      onClose={close}
      title="Import a schema of Daydream Scope"
      description="What get_schema_with_metadata() of a pipeline gives, as JSON. Its parameters get a panel here; nothing of it runs."
    >
      <JsonSourceForm
        label="Schema"
        placeholder={'Paste the JSON here, or drop its file:\n{ "id": …, "config_schema": { "properties": … } }'}
        submit="Import"
        onSource={async (from) => {
          const { processor } = await scope.import(from);
          page.setState({ scopeDialog: undefined, shownProcessor: processor.id });
        }}
      />
    </Modal>
  );
}

/** Sets the values of the pipeline that is shown, from JSON. */
export function LoadValuesDialog() {
  const { page, scope } = useLab();
  const shown = usePageState(({ shownProcessor }) => shownProcessor);
  const open = usePageState(({ scopeDialog }) => scopeDialog === 'values');
  const panel = useLabState((state) => scopePanelOf(state, shown));
  const close = () => page.setState({ scopeDialog: undefined });
  return (
    <Modal
      open={open && panel !== undefined}
      onClose={close}
      title={`Load values of ${panel?.processor.name ?? ''}`}
      description="Values by their names, as JSON. All of them are taken or none; what is not named stays as it is."
    >
      {panel && (
        <JsonSourceForm
          label="Values"
          placeholder={'Paste the JSON here, or drop its file:\n{ "name": value, … }'}
          submit="Load"
          onSource={async (from) => {
            await scope.loadValues(panel, from);
            close();
          }}
        />
      )}
    </Modal>
  );
}
