import { createRoot } from 'react-dom/client';
import { Root } from './app';
import { followSystem } from './store/settings';
import './styles/tokens.css';
import 'uplot/dist/uPlot.min.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/board.css';
import './styles/pages.css';
import './styles/options.css';

followSystem();
const root = document.getElementById('root');
if (root) createRoot(root).render(<Root />);
