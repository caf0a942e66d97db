# Reference values for tests/test_units.py: run `Rscript units.R` in this folder.
# Writes made-up staff (units_data.csv) and what R makes of them (units.csv).
suppressPackageStartupMessages({library(lme4); library(metafor)})
options(digits = 17)
set.seed(20250817)

out <- list()
keep <- function(set, what, value, unit = "") out[[length(out) + 1]] <<- data.frame(set, what, unit, value = unname(as.numeric(value)))

make <- function(set, sizes, between) {
  G <- length(sizes); unit <- rep(sprintf("u%02d", 1:G), sizes)
  age <- round(runif(sum(sizes), 25, 58)); older <- rnorm(G, 0, 4)[rep(1:G, sizes)]
  u <- rnorm(G, 0, between)[rep(1:G, sizes)]
  hours <- round(20 + u + 0.1 * (age + older) + rnorm(sum(sizes), 0, 4), 1)
  joined <- rbinom(sum(sizes), 1, plogis(-0.5 + u / 3 + 0.04 * (age - 40)))
  data.frame(set, unit, age = round(age + older), hours, joined)
}
data <- list(apart = make("apart", c(4, 6, 8, 9, 12, 15, 18, 25, 30, 40, 41, 60), 2), alike = make("alike", c(5, 7, 9, 11, 14, 20, 26, 33), 0))
write.csv(do.call(rbind, data), "units_data.csv", row.names = FALSE, quote = FALSE)

tight <- list(threshold = 1e-14, maxiter = 10000)
# restricted deviance of the between-unit variance, and where it passes the chi-squared limit
profile_interval <- function(y, v, best) {
  deviance <- function(t) { w <- 1 / (v + t); m <- sum(w * y) / sum(w); sum(log(v + t)) + log(sum(w)) + sum(w * (y - m)^2) }
  limit <- deviance(best) + qchisq(.95, 1); gap <- function(t) deviance(t) - limit
  c(if (gap(0) <= 0) 0 else uniroot(gap, c(0, best), tol = 1e-14)$root, uniroot(gap, c(max(best, 1e-9), 1e4), tol = 1e-12)$root)
}
pool <- function(set, y, v, unit) {
  r <- rma(yi = y, vi = v, method = "REML", test = "knha", control = tight)
  keep(set, "mean", r$b); keep(set, "mean_se", r$se); keep(set, "mean_low", r$ci.lb); keep(set, "mean_high", r$ci.ub)
  keep(set, "tau2", r$tau2); p <- predict(r); keep(set, "new_low", p$pi.lb); keep(set, "new_high", p$pi.ub)
  i <- profile_interval(y, v, r$tau2); keep(set, "tau2_low", i[1]); keep(set, "tau2_high", i[2])
  b <- blup(rma(yi = y, vi = v, method = "REML", control = tight))
  for (k in seq_along(unit)) { keep(set, "blup", b$pred[k], unit[k]); keep(set, "blup_se", b$se[k], unit[k]) }
}
for (d in data) {
  set <- d$set[1]; n <- as.numeric(table(d$unit)); unit <- sort(unique(d$unit))
  strict <- lmerControl(optimizer = "Nelder_Mead", optCtrl = list(FtolAbs = 1e-15, FtolRel = 1e-15, XtolRel = 1e-12, MinfMax = 0, maxfun = 1e5), check.conv.singular = "ignore")
  for (adjusted in c(FALSE, TRUE)) {
    m <- if (adjusted) lmer(hours ~ age + (1 | unit), d, control = strict) else lmer(hours ~ 1 + (1 | unit), d, control = strict)
    name <- paste0(set, if (adjusted) "_age" else "")
    vc <- as.data.frame(VarCorr(m)); keep(name, "lme4_tau2", vc$vcov[1]); keep(name, "lme4_sigma2", vc$vcov[2])
    r <- ranef(m)$unit; for (u in unit) keep(name, "ranef", r[u, 1], u)
    if (!adjusted) pool(paste0(name, "_means"), as.numeric(tapply(d$hours, d$unit, mean)), vc$vcov[2] / n, unit)
  }
  p <- mean(d$joined); share <- as.numeric(tapply(d$joined, d$unit, mean))
  pool(paste0(set, "_shares"), share, p * (1 - p) / n, unit)
  # Spiegelhalter (2005), appendix A.1.1: exact binomial limits, interpolated. The lower one as published; the upper one is the
  # lower one of those not counted. `published_high` is the formula used for the upper side as it was printed.
  spiegelhalter <- function(n, p, q) { r <- qbinom(q, n, p); (r - (pbinom(r, n, p) - q) / dbinom(r, n, p)) / n }
  for (k in seq_along(unit)) for (level in c(.95, .998)) {
    keep(set, paste0("low_", level), spiegelhalter(n[k], p, (1 - level) / 2), unit[k])
    keep(set, paste0("high_", level), 1 - spiegelhalter(n[k], 1 - p, (1 - level) / 2), unit[k])
    keep(set, paste0("published_high_", level), spiegelhalter(n[k], p, (1 + level) / 2), unit[k])
  }
  e <- fitted(glm(joined ~ age, binomial, d)); o <- tapply(d$joined, d$unit, sum)
  for (k in seq_along(unit)) {
    keep(set, "expected", sum(e[d$unit == unit[k]]), unit[k]); keep(set, "observed", o[k], unit[k])
    mass <- 1; for (x in e[d$unit == unit[k]]) mass <- c(mass * (1 - x), 0) + c(0, mass * x)
    keep(set, "poisson_binomial_at_observed", sum(mass[seq_len(o[k] + 1)]), unit[k])
  }
}
write.csv(do.call(rbind, out), "units.csv", row.names = FALSE, quote = FALSE)
