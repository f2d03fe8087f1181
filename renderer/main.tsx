import './client/interpreted-parsers.ts';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app.tsx';
import { connectPage } from './shell/services.ts';
import 'dockview-react/dist/styles/dockview.css';
import './theme/theme.css';

const root = document.getElementById('root');
if (root) createRoot(root).render(<App services={connectPage()} />);
