//! `hearth serve`.

use std::{path::Path, sync::Arc};

use hearth_models::{Loaded, Models, Package, PackageSettings, scripted};
use hearth_runtime::Library;
use tokio::net::TcpListener;

use crate::{
    Failure,
    house::House,
    http,
    metrics::Metrics,
    settings::{CommonSettings, Serve, ServeSettings},
};

/// Listens for clients until it is told to stop.
///
/// # Errors
/// [`Failure`] when the settings make no sense, the models do not load or the address is taken.
pub async fn run(serve: Serve, common: CommonSettings) -> Result<(), Failure> {
    let settings = serve.settings().map_err(Failure::because)?;
    // The address first: loading takes a while, and a taken port is known at once.
    let listener = listen(&settings).await?;
    let (models, metrics) = match &settings.scripted {
        Some(script) => (load_script(script)?, Metrics::default()),
        None => {
            let loaded = load(&common).await?;
            (loaded.models.clone(), Metrics::new(Some(&loaded)))
        }
    };
    let house = Arc::new(House::new(models, metrics, settings.policy, settings.sessions_max));
    tracing::info!(
        model = house.loaded.model,
        key = settings.api_key.is_some(),
        "listening on ws://{}/v1/realtime",
        settings.listen
    );
    tokio::spawn(stop_on_signal(Arc::clone(&house)));
    http::serve(listener, house, settings.api_key).await.map_err(Failure::because)
}

async fn listen(settings: &ServeSettings) -> Result<TcpListener, Failure> {
    let address = settings.listen;
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(format!(
            "cannot listen on {address}: {error}. Is another server running there? Try --listen with another port."
        ))
    })
}

fn load_script(path: &Path) -> Result<Models, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::new(format!("the script {} cannot be played: {error}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
    let script = toml::from_str(&text).map_err(|error| failed(&error))?;
    tracing::warn!("answers come from a script, not from a model");
    Ok(scripted::open(script))
}

/// Loads the models of a package.
///
/// # Errors
/// As for [`load`].
pub async fn load_models(common: &CommonSettings) -> Result<Models, Failure> {
    load(common).await.map(|loaded| loaded.models)
}

/// Loads the models of a package, and keeps their numbers at hand.
///
/// # Errors
/// [`Failure`] that names the file or the library that is missing or damaged, and what to do.
pub async fn load(common: &CommonSettings) -> Result<Loaded, Failure> {
    let common = common.clone();
    let loaded = tokio::task::spawn_blocking(move || load_blocking(&common)).await;
    loaded.map_err(|_| Failure::new("loading the models broke off"))?
}

fn load_blocking(common: &CommonSettings) -> Result<Loaded, Failure> {
    let began = std::time::Instant::now();
    let package = Package::open(&common.models).map_err(Failure::because)?;
    let library = Library::open(common.ort_lib.as_deref(), common.ort_named.as_deref()).map_err(Failure::because)?;
    tracing::info!(path = %library.path().display(), build = library.build(), "ONNX Runtime");
    tracing::info!("{}", library.provider_note());
    let loaded = package.load(&library, &PackageSettings::default()).map_err(Failure::because)?;
    tracing::info!(
        folder = %common.models.display(),
        name = package.name(),
        version = package.version(),
        millis = began.elapsed().as_millis() as u64,
        "models are loaded"
    );
    Ok(loaded)
}

/// SIGTERM and Ctrl-C stop the house: sessions may finish what is going on.
async fn stop_on_signal(house: Arc<House>) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping: sessions may finish what is going on");
    house.stopping.cancel();
}
