# Reference values for the random-intercept model: estimates, both likelihoods, both kinds of degrees of freedom.
# Run in this folder: Rscript mixed.R path/to/bh1996.csv   (R 4.2, lme4, lmerTest, pbkrtest, multilevel)
# Makes mixed_data.csv (five small sets) and mixed.csv.
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(multilevel)})
options(digits = 17)
set.seed(20250817)
tight <- lmerControl(optimizer = "nloptwrap", check.conv.singular = "ignore",
                     optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-14, maxeval = 1e4))

make <- function(name, sizes, sd_unit, binary = FALSE) {
  unit <- rep(seq_along(sizes), sizes)
  x <- if (binary) rep(c(0, 1), length.out = length(sizes))[unit] else round(rnorm(length(sizes), 6, 2), 2)[unit]
  w <- round(rnorm(length(unit), 40, 8))
  y <- round(2 + 0.2 * x + 0.03 * w + rnorm(length(sizes), 0, sd_unit)[unit] + rnorm(length(unit)), 3)
  data.frame(set = name, unit = paste0("U", unit), x, w, y)
}
sets <- list(
  unequal = make("unequal", c(6, 9, 12, 18, 25, 30, 40, 60), 0.5),
  tiny = make("tiny", c(2, 3, 3, 5, 7), 1.0),
  contrast = make("contrast", c(1, 2, 2, 4, 4, 8, 9, 11, 20, 31), 0.4, TRUE),
  balanced = make("balanced", rep(6, 7), 0.7)
)
# Two sets whose estimated variance between units is zero.
for (name in c("singular", "singular_unequal")) {
  repeat {
    sizes <- if (name == "singular") rep(5, 6) else c(2, 4, 6, 9, 15, 22, 30, 50)
    sets[[name]] <- make(name, sizes, 0)
    fit <- suppressMessages(lmer(y ~ x + w + (1 | unit), sets[[name]], control = tight))
    if (getME(fit, "theta") == 0) break
  }
}
write.csv(do.call(rbind, sets), "mixed_data.csv", row.names = FALSE, quote = FALSE)

out <- list()
add <- function(case, quantity, value) out[[length(out) + 1]] <<- data.frame(case, quantity, value = as.numeric(value))

describe <- function(case, formula, data, kr = TRUE) {
  fit <- lmer(formula, data, control = tight)
  v <- as.data.frame(VarCorr(fit))$vcov
  add(case, "between_variance", v[1]); add(case, "residual_variance", v[2])
  add(case, "reml_deviance", REMLcrit(fit))
  plain <- summary(fit, ddf = "Satterthwaite")$coefficients
  adjusted <- if (kr) sqrt(diag(as.matrix(vcovAdj(fit))))
  for (term in rownames(plain)) {
    name <- if (term == "(Intercept)") "constant" else term
    add(case, paste0("estimate:", name), plain[term, "Estimate"])
    add(case, paste0("std_error:", name), plain[term, "Std. Error"])
    add(case, paste0("satterthwaite:", name), plain[term, "df"])
    if (kr) {
      L <- as.numeric(rownames(plain) == term)
      add(case, paste0("kr_error:", name), adjusted[which(L == 1)])
      add(case, paste0("kr_dof:", name), get_Lb_ddf(fit, L))
    }
  }
  invisible(fit)
}
for (name in names(sets)) describe(name, y ~ x + w + (1 | unit), sets[[name]])

# Searle's interval of the intraclass correlation, in a balanced set: psych::ICC, first row.
wide <- t(matrix(sets$balanced$y, nrow = 6))
icc <- suppressWarnings(psych::ICC(wide, lmer = FALSE)$results[1, ])
add("searle", "icc", icc$ICC); add("searle", "ci_low", icc[["lower bound"]]); add("searle", "ci_high", icc[["upper bound"]])

# bh1996
d <- read.csv(commandArgs(TRUE)[1])
d$G.HRS <- ave(d$HRS, d$GRP); d$G.LEAD <- ave(d$LEAD, d$GRP); d$W.LEAD <- d$LEAD - d$G.LEAD
describe("bh_null", WBEING ~ 1 + (1 | GRP), d)
describe("bh_hrs", WBEING ~ HRS + G.HRS + (1 | GRP), d)
describe("bh_lead", WBEING ~ LEAD + HRS + (1 | GRP), d)
describe("bh_split", WBEING ~ W.LEAD + G.LEAD + (1 | GRP), d)
add("bh_null", "gls_deviance", -2 * as.numeric(logLik(nlme::gls(WBEING ~ 1, d))))
scales <- c("WBEING", "HRS", "LEAD", "COHES")
m <- mult.icc(d[scales], d$GRP)
for (name in scales) {
  row <- m[m$Variable == name, ]
  add(paste0("bh_icc_", name), "icc1", row$ICC1); add(paste0("bh_icc_", name), "icc2", row$ICC2)
  add(paste0("bh_icc_", name), "anova", ICC1(aov(d[[name]] ~ factor(d$GRP))))
}
w <- waba(d$HRS, d$WBEING, d$GRP)$Cov.Theorem
for (name in names(w)) add("bh_waba", name, w[[name]])
write.csv(do.call(rbind, out), "mixed.csv", row.names = FALSE, quote = FALSE)
